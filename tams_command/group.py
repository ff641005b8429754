"""The group of commands: which there are, and how a command ends.

Exit codes: 0 done · 1 findings, or what was asked for does not exist (2 for what a schedule runs:
`check`, `measure`, `report`) · 2 could not run, or was called wrongly · 130 interrupted · 141
nobody reads on. What went wrong is one sentence on stderr, also where nobody foresaw it.
"""

from __future__ import annotations

import logging
import os
import pkgutil
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

import click

from tams_command.interrupts import INTERRUPTED, raise_again

log = logging.getLogger("tams_analytics.cli")

ENTRY_POINTS = "tams.commands"
ABSENT, WRONG, UNREAD = 1, 2, 141


class Failure(click.ClickException):
    """The command could not run."""

    exit_code = WRONG


class Tams(click.Group):
    """Commands in the order of their list, then those of other distributions."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *(name for name in installed() if name not in self.commands)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        entry = None if own else installed().get(cmd_name)
        return loaded(entry) if entry else own

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None:  # None: the process was started without one
                sys.stdout.flush()
        except BrokenPipeError:
            _discard_output()
            raise click.exceptions.Exit(UNREAD) from None
        except _of_the_library() as error:
            _end(error, ABSENT if isinstance(error, LookupError) else WRONG)
        except OSError as error:
            _end(error, WRONG, f"{error.filename}: {error.strerror}" if error.filename else "")
        return result

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run, and leave the process with the exit code."""
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "tams"
            _say(f"{_without_secrets(error.format_message())} (see {path} --help)")
            code = WRONG
        except click.ClickException as error:
            _say(error.format_message())
            code = error.exit_code
        except click.Abort:
            _say("interrupted")
            code = INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the last boundary: nobody above could tell it
            _tell_unexpected(error)
            code = WRONG
        sys.exit(code if isinstance(code, int) else 0)


class WithSql(click.Command):
    """Takes SQL as its last word, also where that begins with a comment: ``-- Which flows …``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" not in args:
            commented = [word for word in args if word[:2] == "--" and word[2:3].isspace()]
            args = [word for word in args if word not in commented]
            args += ["--", *commented] if commented else []
        return super().parse_args(ctx, args)


def installed() -> dict[str, EntryPoint]:
    """The commands that distributions register, by name."""
    return {entry.name: entry for entry in sorted(entry_points(group=ENTRY_POINTS))}


def loaded(entry: EntryPoint) -> click.Command:
    """The command of an entry point, or one that says what it misses."""
    try:
        command: click.Command = entry.load()
    except ImportError as error:
        return _missing(entry.name, str(error))
    raise_again()
    return command


def _missing(name: str, problem: str) -> click.Command:
    def fail(**_ignored: Any) -> None:
        raise Failure(f"{name} cannot be loaded: {problem}")

    rest = click.Argument(["rest"], nargs=-1, type=click.UNPROCESSED)
    settings = {"ignore_unknown_options": True}
    return click.Command(
        name, settings, fail, [rest], help=f"Cannot be loaded: {problem}", add_help_option=False
    )


def _of_the_library() -> tuple[type[Exception], ...]:
    """Its errors; none while it is not imported, as then nothing raised one."""
    errors = sys.modules.get("tams_analytics.errors")
    return (errors.TamsError,) if errors else ()


def _without_secrets(sentence: str) -> str:
    """With the URLs in it as they may be shown."""
    if "://" not in sentence:
        return sentence
    redacted: str = pkgutil.resolve_name("tams_analytics.settings:redacted_within")(sentence)
    return redacted


def _end(error: Exception, code: int, sentence: str = "") -> NoReturn:
    _say(sentence or str(error))
    raise click.exceptions.Exit(code) from error


def _tell_unexpected(error: Exception) -> None:
    """An error that no part of the library foresaw; where it arose is for who debugs."""
    log.debug("unexpected", exc_info=error)
    way = "" if log.isEnabledFor(logging.DEBUG) else " (TAMS_DEBUG=1 shows where)"
    _say(f"unexpected {type(error).__name__}: {error}{way}")


def _say(sentence: str) -> None:
    click.echo(f"tams: {' '.join(sentence.split())}", err=True)


def _discard_output() -> None:
    """What is still buffered goes nowhere, or the interpreter would complain when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
