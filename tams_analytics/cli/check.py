"""`tams check`: whether a store is sound, told in forms for people and machines.

Exit 0: it is, as far as ``--fail-on`` asks; 1: checks failed; 2: it could not be told, as there is
no such store, the engine failed, the time was over, or no check could run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from tams_analytics.checks import Deadline, Outcome
from tams_analytics.cli import options
from tams_analytics.cli.check_forms import FORMS, JSON, texts
from tams_analytics.cli.check_rows import file_of, keep_rows
from tams_analytics.cli.check_run import Run, fails
from tams_analytics.cli.destination import destination, open_stdout
from tams_analytics.cli.folder import Folder
from tams_analytics.cli.interrupts import reading
from tams_analytics.cli.runtime import or_failed
from tams_analytics.display import text
from tams_analytics.store import Store
from tams_command.group import ABSENT, Failure

KEPT_ROWS = 10_000


def check(
    formats: Sequence[str], output: str | None, fail_on: str, max_runtime: str | None, **params: Any
) -> None:
    """Open the store, run the checks, tell, and leave with what they came to."""
    deadline = Deadline(options.seconds(max_runtime, "max_runtime"))
    url = options.the_store(params)
    forms = _forms(formats, output, params["keep_rows"])
    with or_failed():
        folder = None if output is None else Folder.made(output, JSON)
        keeps = _keeps(fail_on, params)
        with reading(lambda: options.open_store(url, writable=keeps)) as live:
            store = options.as_of(live, params)
            if folder is not None:
                folder.refuse(store.url, [FORMS[form].file for form in forms])
            run = _run(store, fail_on, deadline, params)
            if folder is None:
                _print(run, forms[0], store, deadline)
            else:
                most = KEPT_ROWS if params["keep_rows"] is None else params["keep_rows"]
                _write(run, forms, store, deadline, folder, most)
            if keeps:
                store.remember(run.checked)
    _end(run, folder)


def _forms(formats: Sequence[str], output: str | None, keep: int | None) -> list[str]:
    """Each once; into a folder JSON always, as what is told last of a run that is whole."""
    forms = list(dict.fromkeys(formats))
    if output is not None:
        return [*(each for each in forms if each != "json"), "json"]
    if len(forms) > 1:
        raise click.UsageError(f"{' and '.join(forms)} need -o DIR; without it there is one form")
    if keep is not None:
        raise click.UsageError("--keep-rows needs -o DIR")
    return forms or ["table"]


def _keeps(fail_on: str, params: dict[str, Any]) -> bool:
    """Whether the run is remembered: as was said, or where it is compared with earlier ones."""
    said: bool | None = params["remember"]
    if params["at"] is not None:
        if said:
            raise click.UsageError("a snapshot cannot remember a run: --at without --remember")
        return False
    return said if said is not None else params["since_last"] or fail_on == "new"


def _run(store: Store, fail_on: str, deadline: Deadline, params: dict[str, Any]) -> Run:
    during = options.during(params)
    checked = store.check(
        during,
        params["only"] or None,
        params["objects"],
        since_last=params["since_last"],
        max_runtime=deadline,
    )
    return Run(checked, fail_on)


def _print(run: Run, form: str, store: Store, deadline: Deadline) -> None:
    """To stdout, which is asked for before the work of a form."""
    open_stdout()
    with destination(None) as stream:
        stream.write(texts(run, [form], store, deadline)[FORMS[form].file])


def _write(
    run: Run,
    forms: Sequence[str],
    store: Store,
    deadline: Deadline,
    folder: Folder,
    most: int,
) -> None:
    """Rows first and JSON last; what an earlier run left and this one did not write goes."""
    kept = keep_rows(run, folder, most, deadline)
    files = sorted([*(FORMS[form].file for form in forms), *(each.file for each in kept.values())])
    told = run.with_files(kept, files)
    for name, made in texts(told, forms, store, deadline).items():
        folder.write(name, made)
    folder.tidy(files, [file_of(each["id"]) for each in run.checked.checks])


def _end(run: Run, folder: Folder | None) -> None:
    """Leave with 1 or 2. Raises `Failure` where the run says nothing for certain."""
    checks = run.checked.checks
    failed = [each for each in checks if fails(each, run.fail_on)]
    idle = [each for each in checks if each["failures"] is None]
    found = f"{text.plural(len(failed), 'check')} failed"
    if run.checked.is_idle and not any(map(run.is_late, idle)):
        raise Failure(f"no check could run: {idle[0]['id']} {idle[0]['reason']}")
    if not run.checked.is_complete:
        reason = str(next(each["reason"] for each in idle if run.is_late(each)))
        late = [each for each in idle if run.is_late(each)]
        raise Failure(f"{reason}: {_named(late)}; {found}{_where(folder)}")
    if failed and folder is not None:
        click.echo(f"tams: {found}{_where(folder)}", err=True)
    if failed:
        raise click.exceptions.Exit(ABSENT)


def _named(outcomes: Sequence[Outcome]) -> str:
    first = outcomes[0]["id"]
    more = len(outcomes) - 1
    return f"{first} and {text.count(more)} more have no outcome" if more else f"{first} has none"


def _where(folder: Folder | None) -> str:
    return "" if folder is None else f", see {folder.path / JSON}"
