"""All checks of a large newsroom in one run, and at a million segments beside pandas."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from bench import checks_naive
from bench.peak import own_peak_kb
from bench.stores import asked_sizes, kept_newsroom, newsroom_file

QUESTION = "a full check run over 10 million segments: at most 30 s and 4,096 MB"
SIZE = 10_000_000
BESIDE = 1_000_000
"""Where pandas has room: its frames of the other take more memory than most machines have."""
WANTED_S = 30
WANTED_MB = 4_096


def run() -> list[dict[str, Any]]:
    """A row for each check, those that take longest first; before them the whole run.

    The whole takes longer than its checks together: suspect objects are found before them.
    """
    size = (asked_sizes() or [SIZE])[0]
    large, small = in_own_process("ours", size), in_own_process("ours", BESIDE)
    pandas = in_own_process("naive", BESIDE)
    whole = {
        "check": "all in one run",
        f"{size:,} s": large["whole"],
        "of wanted s": large["whole"] / WANTED_S,
        "MB": large["mb"],
        "of wanted MB": large["mb"] / WANTED_MB,
        f"{BESIDE:,} s": small["whole"],
        "pandas s": pandas["whole"],
        "pandas MB": pandas["mb"],
    }
    loading = {"check": "reading into frames", "pandas s": pandas["loaded"]}
    suspects = {
        "check": "finding suspects",
        f"{size:,} s": large["whole"] - sum(large["took"].values()),
        f"{BESIDE:,} s": small["whole"] - sum(small["took"].values()),
    }
    return [whole, loading, suspects, *_by_check(size, large, small, pandas)]


def _by_check(
    size: int, large: dict[str, Any], small: dict[str, Any], pandas: dict[str, Any]
) -> list[dict[str, Any]]:
    names = sorted(large["took"], key=lambda name: -large["took"][name])
    rows = []
    for name in names:
        row = {
            "check": name,
            f"{size:,} s": large["took"][name],
            f"{BESIDE:,} s": small["took"][name],
            "found": large["found"][name],
        }
        if name in pandas["took"]:
            row["pandas s"] = pandas["took"][name]
        rows.append(row)
    return rows


def in_own_process(who: str, size: int) -> dict[str, Any]:
    """What `ours` or `naive` tells, of a process that does nothing else."""
    kept_newsroom(size).close()
    command = [sys.executable, "-m", "bench.checks", who, str(size)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def ours(size: int) -> dict[str, Any]:
    with kept_newsroom(size) as store:
        began = time.perf_counter()
        ran = [each for each in store.check().checks if each["failures"] is not None]
        whole = time.perf_counter() - began
    return {
        "whole": whole,
        "mb": own_peak_kb() / 1024,
        "took": {each["id"]: each["took_s"] for each in ran},
        "found": {each["id"]: each["failures"] for each in ran},
    }


def naive(size: int) -> dict[str, Any]:
    began = time.perf_counter()
    frames = checks_naive.load(str(newsroom_file(size)))
    loaded = time.perf_counter() - began
    took = {}
    for name, check in checks_naive.NAIVE.items():
        since = time.perf_counter()
        check(frames)
        took[name] = time.perf_counter() - since
    whole = time.perf_counter() - began
    return {"whole": whole, "loaded": loaded, "mb": own_peak_kb() / 1024, "took": took}


if __name__ == "__main__":
    print(json.dumps({"ours": ours, "naive": naive}[sys.argv[1]](int(sys.argv[2]))))
