"""VAST's own tests, installed with the SDK, run against the peer; those that fail are known."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree as ET

import tomli
import vastdb

from tests.support.vast_peer import VastPeer

INSTALLED = Path(vastdb.__file__).parent
LIST = Path(__file__).parent / "shipped" / "not_passing.toml"
PLUGIN = "tests.vast_peer.shipped.plugin"
KEY = "peer"
TABLES = str(INSTALLED / "tests" / "test_tables.py")
HALVES = {"tables": [TABLES], "others": [str(INSTALLED / "tests"), "--ignore", TABLES]}
"""To a bucket of its own each half of the tests, side by side: each test empties its bucket."""
AT_LEAST = 99


def test_most_pass_and_those_that_fail_are_known_and_become_fewer(root: Path, tmp_path: Path):
    outcomes = outcomes_of_shipped_tests(root, tmp_path)

    known = {name for group in groups("fails") for name in group["tests"]}
    failed = {name for name, outcome in outcomes.items() if outcome != "passed"}
    assert {name: outcomes[name] for name in failed - known} == {}, "newly failing"
    assert known - failed == set(), f"these pass now: take them off {LIST.name}"
    passed = sum(outcome == "passed" for outcome in outcomes.values())
    assert passed >= AT_LEAST, f"{passed} of {len(outcomes)}"


def test_the_list_gives_a_reason_for_each():
    listed = groups("fails") + groups("left_out")
    assert all(group["reason"] and group["tests"] for group in listed)
    names = [name for group in listed for name in group["tests"]]
    assert len(names) == len(set(names))


def outcomes_of_shipped_tests(root: Path, folder: Path) -> dict[str, str]:
    """To each test of VAST that needs a server "passed" or what happened instead."""
    with VastPeer(buckets=HALVES) as peer, ThreadPoolExecutor() as pool:
        peer.switches.access_key = KEY
        peer.switches.refuse_types = True
        peer.switches.refuse_unknown_columns = True
        peer.switches.serve_projections = True
        runs = [pool.submit(run_shipped_tests, root, peer.url, half, folder) for half in HALVES]
        return dict(line for run in runs for line in read(run.result()))


def groups(kind: str) -> list[dict]:
    return tomli.loads(LIST.read_text(encoding="utf-8"))[kind]


def run_shipped_tests(root: Path, url: str, bucket: str, folder: Path) -> Path:
    """The report of one half."""
    report = folder / f"{bucket}.xml"
    left_out = [name for group in groups("left_out") for name in group["tests"]]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", PLUGIN]
    command += ["--rootdir", str(INSTALLED), "-c", os.devnull, "-W", "ignore", "--tb", "line"]
    command += ["--assert", "plain"]
    command += ["--tabular-endpoint-url", url, "--tabular-bucket-name", bucket]
    command += ["--tabular-access-key", KEY, "--tabular-secret-key", KEY]
    command += ["--junitxml", str(report), *HALVES[bucket]]
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", ""),
        "PYTHONPATH": str(root),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TAMS_SHIPPED_LEFT_OUT": " ".join(name.partition("::")[2] for name in left_out),
    }
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
    return report


def read(report: Path) -> Iterator[tuple[str, str]]:
    """``("test_tables::test_types", "passed")``; a failure by its first line."""
    for case in ET.parse(report).iter("testcase"):  # noqa: S314, we had it written
        module = case.get("classname", "").rpartition(".")[2]
        if not module:  # a whole file that VAST itself skips
            continue
        children = [child for child in case if child.tag in ("failure", "error", "skipped")]
        outcome = children[0].get("message", "")[:200] if children else "passed"
        yield f"{module}::{case.get('name')}", outcome
