"""The command as a process: pipes that close, exit codes, no colours where none belong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TAMS = [sys.executable, "-m", "tams_command"]


@pytest.fixture
def environ(root: Path, tmp_path: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TAMS_")}
    return {**plain, "PYTHONPATH": str(root), "XDG_CONFIG_HOME": str(tmp_path)}


def test_nobody_reading_on_is_no_error(file: str, environ: dict[str, str]) -> None:
    asked = [*TAMS, "segments", file, "--format", "json"]
    with subprocess.Popen(
        asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert (128 + signal.SIGPIPE, b"") == (process.returncode, said)


ASKED_WRONGLY = ["--help", "--version", "gaps --help", "gap", "gaps --limit x", "schema --help"]
WORDS_ONLY = """
import sys
from click.testing import CliRunner
from tams_command.commands import main
for words in sys.argv[1:]:
    done = CliRunner().invoke(main, words.split())
    assert done.exit_code in (0, 2), done.output
    assert done.output
print(*{name.partition(".")[0] for name in sys.modules} & {"tams_analytics", "ibis", "pyarrow"})
"""


def test_what_needs_no_library_waits_for_none(environ: dict[str, str]) -> None:
    asked = [sys.executable, "-c", WORDS_ONLY, *ASKED_WRONGLY]

    done = subprocess.run(asked, env=environ, capture_output=True, text=True, check=False)

    assert ("\n", "") == (done.stdout, done.stderr)


STARTED = """
import gc
from click.testing import CliRunner
from tams_command.commands import main
before = gc.get_stats()[2]["collections"]
done = CliRunner().invoke(main, ["info", "there-is-no.duckdb"])
assert done.exit_code == 1, done.output
print(gc.get_stats()[2]["collections"] - before, gc.isenabled(), gc.get_freeze_count() > 100_000)
"""


def test_a_start_looks_for_no_garbage_in_the_library(environ: dict[str, str]) -> None:
    """A seventh of its time went into that."""
    asked = [sys.executable, "-c", STARTED]

    done = subprocess.run(asked, env=environ, capture_output=True, text=True, check=False)

    assert ("0 True True\n", "") == (done.stdout, done.stderr)


@pytest.mark.parametrize("module", ["click", "ibis"])
def test_an_interrupt_while_it_starts_ends_it_without_a_word(
    file: str, environ: dict[str, str], module: str
) -> None:
    """Python tells of each import once it is done."""
    asked = [sys.executable, "-X", "importtime", *TAMS[1:], "info", file]
    with subprocess.Popen(asked, stderr=subprocess.PIPE, env=environ, text=True) as it:
        assert it.stderr is not None
        while f"| {module}" not in it.stderr.readline().replace("  ", ""):
            assert it.poll() is None
        it.send_signal(signal.SIGINT)
        told = it.stderr.read()

    assert -signal.SIGINT == it.returncode
    assert "Traceback" not in told


ENDLESS = "SELECT i FROM range(100000000000) r(i) WHERE i % 100000000 = 3"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_an_interrupt_ends_a_query_that_does_not_end(file: str, environ: dict[str, str]) -> None:
    asked = [*TAMS, "query", file, ENDLESS]
    with subprocess.Popen(asked, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environ) as it:
        try:
            wait_until_busy(it.pid)
            it.send_signal(signal.SIGINT)
            said, told = it.communicate(timeout=20)
        finally:
            it.kill()

    assert (130, b"") == (it.returncode, said)
    assert b"interrupted" in told
    assert b"Traceback" not in told


def wait_until_busy(pid: int) -> None:
    """Until it has had the store open for a second."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any("newsroom.duckdb" in target for target in links(f"/proc/{pid}/fd")):
            time.sleep(1)
            return
        time.sleep(0.1)
    raise AssertionError("the command did not open its store within a minute")


def links(folder: str) -> list[str]:
    """Where the links point; one that is gone meanwhile points nowhere."""
    return [os.path.realpath(f"{folder}/{name}") for name in os.listdir(folder)]


@pytest.mark.parametrize("words", ["info", "gaps --format json", "gaps --format parquet"])
def test_a_closed_stdout_is_one_sentence(
    file: str, environ: dict[str, str], tmp_path: Path, words: str
) -> None:
    command = f'"$0" -m tams_command {words} "$1"'

    done = shell(f"{command} >&-", environ, file)
    beside = shell(f"{command} -o {tmp_path}/out.json >&-", environ, file)

    assert 2 == done.returncode
    assert b"stdout is closed" in done.stderr
    assert 1 == len(done.stderr.splitlines())
    assert (0, b"") == (beside.returncode, beside.stderr)


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no /dev/stdout")
def test_dev_stdout_is_stdout_and_what_is_in_its_file_stays(
    file: str, environ: dict[str, str], tmp_path: Path
) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("before\n")
    command = '"$0" -m tams_command coverage "$1" --format csv -o /dev/stdout'

    piped = shell(f"{command} | cat", environ, file)
    appended = shell(f"{command} >> {kept}", environ, file)

    assert piped.stdout.startswith(b'"flow_id"')
    assert (0, b"") == (appended.returncode, appended.stderr)
    assert b"before\n" + piped.stdout == kept.read_bytes()


def shell(command: str, environ: dict[str, str], file: str) -> subprocess.CompletedProcess[bytes]:
    asked = ["sh", "-c", command, sys.executable, file]
    return subprocess.run(asked, env=environ, capture_output=True, check=False)
