"""The group: its list of commands, other people's commands, and what it tells of itself."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint

import click
import pytest

from tams_command import group, logs
from tams_command.commands import COMMANDS, own_version
from tests.cli.conftest import Run


def test_help_has_a_line_for_each_command(run: Run) -> None:
    done = run("--help")
    listed = [
        line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line
    ]

    added = [*group.installed()]
    assert [*(command.name for command in COMMANDS), *added] == listed
    assert "serve" in added
    assert "..." not in done.stdout.partition("Commands:")[2]


def test_tams_alone_shows_the_help(run: Run) -> None:
    assert run("--help").stdout == run().stdout


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_each_command_has_a_help(run: Run, command: str) -> None:
    done = run(command, "--help")

    assert 0 == done.exit_code
    assert f"Usage: main {command}" in done.stdout


def test_it_tells_its_version(run: Run) -> None:
    assert f"tams {own_version()}\n" == run("--version").stdout


def test_an_unknown_command_is_one_sentence(run: Run) -> None:
    done = run("gap")

    assert 2 == done.exit_code
    assert 1 == len(done.stderr.splitlines())
    assert "gaps" in done.stderr


@click.command(help="Serve.")
def serve() -> None:
    click.echo("served")


def test_another_distribution_adds_a_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("serve", f"{__name__}:serve", group.ENTRY_POINTS)
    monkeypatch.setattr(EntryPoint, "load", lambda self: serve)
    monkeypatch.setattr(group, "entry_points", lambda group: [entry])

    assert "serve" in run("--help").stdout
    assert "served\n" == run("serve").stdout


def test_a_command_that_misses_something_says_what(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = EntryPoint("serve", "not_installed.here:serve", group.ENTRY_POINTS)
    monkeypatch.setattr(group, "entry_points", lambda group: [entry])

    done = run("serve", "x.duckdb", "--port", "1")

    assert 0 == run("--help").exit_code
    assert 2 == done.exit_code
    assert "not_installed" in done.stderr


def test_log_level_is_honoured_and_other_loggers_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = logging.getLogger("tams_analytics")
    monkeypatch.setattr(ours, "handlers", list(ours.handlers))
    monkeypatch.setattr(ours, "level", ours.level)

    logs.configure({"LOG_LEVEL": "debug"})
    logs.configure({"TAMS_LOG_LEVEL": "ERROR", "LOG_LEVEL": "debug"})

    assert logging.ERROR == ours.level
    assert ["tams"] == [one.get_name() for one in ours.handlers if one.get_name()]
    assert "tams" not in [one.get_name() for one in logging.getLogger().handlers]


def test_a_level_that_is_none_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(click.UsageError, match="LOG_LEVEL"):
        logs.configure({"LOG_LEVEL": "loud"})
    monkeypatch.setenv("LOG_LEVEL", "loud")

    assert 2 == run("--format").exit_code
    assert 2 == run("gaps", "x.duckdb").exit_code


def test_a_record_can_be_json_or_have_its_line() -> None:
    record = logging.LogRecord("tams_analytics.x", 30, "x.py", 7, "%s", ("said",), None)

    as_json = logs._formatter({"LOG_FORMAT": "json"}).format(record)
    developing = logs._formatter({"ENVIRONMENT": "development"}).format(record)

    assert '"message": "said"' in as_json
    assert "tams_analytics.x:7" in developing
    assert ":7" not in logs._formatter({}).format(record).partition("tams")[2]


@click.command()
def broken() -> None:
    raise AttributeError("nobody\nforesaw it")


@pytest.mark.parametrize("variable", ["", "TAMS_DEBUG", "LOG_LEVEL"])
def test_what_nobody_foresaw_is_one_sentence_and_a_traceback_for_who_debugs(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    entry = EntryPoint("broken", f"{__name__}:broken", group.ENTRY_POINTS)
    monkeypatch.setattr(EntryPoint, "load", lambda self: broken)
    monkeypatch.setattr(group, "entry_points", lambda group: [entry])
    if variable:
        monkeypatch.setenv(variable, "1" if variable == "TAMS_DEBUG" else "DEBUG")

    done = run("broken")

    assert 2 == done.exit_code
    assert "tams: unexpected AttributeError: nobody foresaw it" in done.stderr
    assert bool(variable) == ("Traceback" in done.stderr)
    assert bool(variable) == (len(done.stderr.splitlines()) > 1)
