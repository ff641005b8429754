"""The forms that a run of checks is told in, each as the bytes of a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tams_analytics.checks import Deadline
from tams_analytics.cli import check_metrics, exposition, junit
from tams_analytics.cli.check_run import Run, document
from tams_analytics.display import text
from tams_analytics.reports import checked_page
from tams_analytics.store import Store


@dataclass(frozen=True)
class Form:
    """The name of a form's file, and what makes it of a run."""

    file: str
    made: Callable[[Run, Store, Deadline], str]


def texts(run: Run, forms: Iterable[str], store: Store, deadline: Deadline) -> dict[str, bytes]:
    """What stands in each file, by its name."""
    chosen = [FORMS[name] for name in forms]
    return {form.file: form.made(run, store, deadline).encode() for form in chosen}


def _table(run: Run, _store: Store, _deadline: Deadline) -> str:
    return f"{run.checked!r}\n"


def _json(run: Run, _store: Store, _deadline: Deadline) -> str:
    return f"{json.dumps(document(run), indent=1, ensure_ascii=False)}\n"


def _junit(run: Run, _store: Store, _deadline: Deadline) -> str:
    return junit.suite(run)


def _html(run: Run, store: Store, deadline: Deadline) -> str:
    about = checked_page.About(run.checked.started, run.took_s, _rows_in(run), deadline)
    return checked_page.page(run.checked, store.tables, about)


def _rows_in(run: Run) -> dict[str, str]:
    """By check: where its failing rows are."""
    return {
        id: f"{f'the first {text.count(kept.rows)}' if kept.is_cut else 'all'} in {kept.file}"
        for id, kept in run.rows.items()
    }


def _prometheus(run: Run, _store: Store, _deadline: Deadline) -> str:
    return exposition.text(check_metrics.families(document(run)))


JSON = "check.json"
FORMS = {
    "table": Form("check.txt", _table),
    "json": Form(JSON, _json),
    "junit": Form("check.xml", _junit),
    "html": Form("check.html", _html),
    "prometheus": Form("check.prom", _prometheus),
}
"""By what is typed."""
