"""The memory one work needs, in a process of its own: ``python -m bench.peak joins ncls``."""

from __future__ import annotations

import importlib
import resource
import subprocess
import sys
from pathlib import Path


def peak_mb(benchmark: str, name: str, *arguments: str) -> float:
    """The largest resident size in MB of a process that opens the data and works once."""
    command = [sys.executable, "-m", "bench.peak", benchmark, name, *arguments]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return float(done.stdout.split()[-1])


def main(benchmark: str, name: str, *arguments: str) -> None:
    works = importlib.import_module(f"bench.{benchmark}").works(*map(int, arguments))
    works[name]()
    print(own_peak_kb() / 1024)


def own_peak_kb() -> int:
    """Of this program only: on Linux ``ru_maxrss`` begins with the size of who started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(*sys.argv[1:])
