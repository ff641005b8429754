"""Rewrites ``docs/reference/`` from the docstrings, the catalogues and the command's own help.

    python tools/reference.py

What it writes is compared by tests/documents/test_reference.py, so that it cannot be out of date.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click

import tams_analytics as ta
from tams_analytics import checks, errors, measures, reports, writes
from tams_analytics.widgets.live import TimelineWidget
from tams_analytics.widgets.timeline import Timeline
from tams_command.commands import main as command

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTE = "<!-- Written by tools/reference.py (make docs): change the docstrings instead. -->\n"
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
PARAGRAPHS = re.compile(r"\n\s*\n")


def pages() -> dict[str, str]:
    """The text of each page by its name."""
    made = {
        "python.md": page("Python", "`import tams_analytics as ta`", python()),
        "store.md": page("The store", inspect.getdoc(ta.Store) or "", members(ta.Store)),
        "queries.md": page("Questions", inspect.getdoc(ta.queries) or "", questions()),
        "writes.md": page("Rules for writing", inspect.getdoc(writes) or "", rules()),
        "integrity.md": page("Checks, measures, reports", INTEGRITY, integrity()),
        "command.md": page("The command", "`tams COMMAND --help` says the same.", commands()),
        "errors.md": page("Errors", inspect.getdoc(errors) or "", tree()),
    }
    index = "\n".join(f"* [{text.splitlines()[1][2:]}]({name})" for name, text in made.items())
    return {**made, "README.md": f"{NOTE}# Reference\n\n{index}\n"}


INTEGRITY = "`store.check(only=[…])`, `store.measure(…, by=…)`, `store.report(name, …)`."


def page(title: str, intro: str, entries: Iterator[str]) -> str:
    return f"{NOTE}# {title}\n\n{prose(intro)}\n\n" + "\n".join(entries)


def prose(docstring: str) -> str:
    """A docstring in Markdown: its examples are fenced, and run where they stand."""
    parts = []
    for paragraph in PARAGRAPHS.split(docstring.strip()):
        is_code = paragraph.lstrip().startswith(">>>") or paragraph.startswith("    ")
        parts.append(f"```text\n{paragraph}\n```" if is_code else paragraph.replace("``", "`"))
    return "\n\n".join(parts)


def entry(name: str, thing: Any, level: int = 2) -> str:
    """A heading with the signature, and what the docstring says."""
    return f"{'#' * level} `{name}{signature(thing)}`\n\n{prose(inspect.getdoc(thing) or '')}\n"


def signature(thing: Any) -> str:
    if not callable(thing):
        return ""
    try:
        told = str(inspect.signature(thing))
    except ValueError:
        return "(…)"
    told = re.sub(r"\(self(, )?", "(", ADDRESS.sub("", told))
    return re.sub(r"'(\w[^']*)'", r"\1", told.partition(" -> ")[0])


def python() -> Iterator[str]:
    for name in ta.__all__:
        thing = getattr(ta, name)
        if isinstance(thing, ModuleType):
            yield f"## `ta.{name}`\n\n{prose(inspect.getdoc(thing) or '')}\n"
        elif name in ("span", "tr"):
            yield f"## `{name}`\n\n{prose(inspect.getdoc(type(thing)) or '')}\n"
            yield from members(type(thing), f"{name}.", level=3)
        elif name != "_" and thing is not ta.Store:
            yield entry(f"ta.{name}", thing)
            if inspect.isclass(thing):
                yield from members(thing, "", level=3)
    for shown in (TimelineWidget, Timeline):
        yield entry(shown.__name__, shown.__doc__ and shown)
        yield from members(shown, "", level=3)


def members(cls: type, prefix: str = "store.", level: int = 2) -> Iterator[str]:
    """Public methods and properties that the class itself has, in their order."""
    for name, member in vars(cls).items():
        if name.startswith("_") or not (inspect.getdoc(member) or "").strip():
            continue
        if isinstance(member, (property, classmethod, staticmethod)) or callable(member):
            bound = getattr(cls, name) if not isinstance(member, property) else member
            yield entry(f"{prefix}{name}", bound, level)
        elif hasattr(member, "func"):  # a property that is kept
            yield f"{'#' * level} `{prefix}{name}`\n\n{prose(inspect.getdoc(member) or '')}\n"


def questions() -> Iterator[str]:
    for name in ta.queries.__all__:
        module = getattr(ta.queries, name)
        found = [each for each in functions(module) if takes_tables(each)]
        if found:
            yield f"## `ta.queries.{name}`\n\n{prose(inspect.getdoc(module) or '')}\n"
            yield from (entry(f"{name}.{each.__name__}", each, 3) for each in found)


def functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    for name, thing in vars(module).items():
        is_own = inspect.isfunction(thing) and thing.__module__ == module.__name__
        if is_own and not name.startswith("_") and inspect.getdoc(thing):
            yield thing


def takes_tables(function: Callable[..., Any]) -> bool:
    return next(iter(inspect.signature(function).parameters), "") == "tables"


def rules() -> Iterator[str]:
    for function in writes.WRITES:
        told = entry(f"store.writes.{function.__name__}", function)
        yield told.replace("(engine: Engine, ", "(").replace("(engine: Engine)", "()")


def integrity() -> Iterator[str]:
    yield "## Checks\n\n| check | severity | a finding means | to mend it | source |"
    yield "| --- | --- | --- | --- | --- |"
    yield from (
        row(f"`{each.id}`", each.severity, each.meaning, each.repair, each.source)
        for each in checks.CHECKS
    )
    yield "\n## Measures\n\n| measure | unit | means | may be asked by | adds up over |"
    yield "| --- | --- | --- | --- | --- |"
    for told in measures.described().to_pyarrow().to_pylist():
        yield row(*(str(value) for value in told.values()))
    yield "\n## Reports\n\n| report | title | what to look at |\n| --- | --- | --- |"
    for report in reports.REPORTS:
        yield row(f"`{report.name}`", report.title, report.look)


def row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def commands() -> Iterator[str]:
    """Those that the package adds too, each asked for help as from the shell."""
    settings = {**command.context_settings, "terminal_width": 100}
    whole = click.Context(command, info_name="tams", **settings)
    for name in sorted(command.list_commands(whole)):
        asked = command.get_command(whole, name)
        if asked is None:
            raise LookupError(name)
        context = click.Context(asked, parent=whole, info_name=name)
        yield f"## `tams {name}`\n\n```text\n{asked.get_help(context)}\n```\n"


def tree() -> Iterator[str]:
    for name, thing in vars(errors).items():
        if inspect.isclass(thing) and issubclass(thing, Exception) and not name.startswith("_"):
            bases = ", ".join(base.__name__ for base in thing.__bases__)
            yield f"## `{name}({bases})`\n\n{prose(inspect.getdoc(thing) or '')}\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
