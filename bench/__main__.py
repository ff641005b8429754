"""Run the benchmarks, print a table for each, and write ``bench/out/NAME.json``.

A benchmark is a module with ``QUESTION`` and ``run() -> list of rows``; a row maps column names to
figures. Absolute times tell of the machine and its mood; ratios and counters are the result.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

from bench import BENCHMARKS

OUT = Path(__file__).parent / "out"


def main(chosen: list[str]) -> int:
    unknown = sorted(set(chosen) - set(BENCHMARKS))
    if unknown:
        print(f"no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    OUT.mkdir(exist_ok=True)
    print(f"Python {platform.python_version()}, {platform.machine()}")
    for name in chosen or BENCHMARKS:
        measure(name)
    return 0


def measure(name: str) -> None:
    benchmark = importlib.import_module(f"bench.{name}")
    print(f"\n{name}: {benchmark.QUESTION}", flush=True)
    before, started = mood_ms(), time.perf_counter()
    rows = benchmark.run()
    took = time.perf_counter() - started
    print(table(rows))
    moods = f"{before:.0f} ms before and {mood_ms():.0f} ms after"
    print(f"({took:.0f} s in all; a million turns of a loop took {moods})", flush=True)
    (OUT / f"{name}.json").write_text(json.dumps({"name": name, "rows": rows}, indent=1) + "\n")


def mood_ms() -> float:
    """What the machine takes for a million turns of a loop: it is not the same all day."""
    started = time.perf_counter()
    for _turn in range(1_000_000):
        pass
    return (time.perf_counter() - started) * 1e3


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as aligned text; a column that a row lacks stays empty."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [[shown(row.get(column)) for column in columns] for row in rows]
    widths = [max(map(len, each)) for each in zip(columns, *cells, strict=True)]
    lines = [columns, ["-" * width for width in widths], *cells]
    return "\n".join(
        "  " + "  ".join(_aligned(cell, width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.3g}" if value < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _aligned(cell: str, width: int) -> str:
    is_number = cell[:1].isdigit() or cell[:1] == "-"
    return cell.rjust(width) if is_number else cell.ljust(width)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
