"""A run of checks as JUnit XML, which build servers show: a test case for each check."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from tams_analytics.checks import Outcome
from tams_analytics.cli.check_run import Run, fails, moment
from tams_analytics.display import text

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""


def suite(run: Run) -> str:
    """One document. What fails by ``--fail-on`` is a failure, other findings are ``system-out``.

    What the time was not enough for is an error, what lacks something that it needs is skipped.
    """
    checks = run.checked.checks
    late = sum(map(run.is_late, checks))
    counts = {
        "tests": len(checks),
        "failures": sum(fails(each, run.fail_on) for each in checks),
        "errors": late,
        "skipped": sum(each["failures"] is None for each in checks) - late,
    }
    told = {name: str(number) for name, number in counts.items()} | {"time": f"{run.took_s:.3f}"}
    root = ET.Element("testsuites", {"name": "tams check"} | told)
    started = moment(run.checked.started)[:19]
    one = ET.SubElement(root, "testsuite", {"name": "tams check", "timestamp": started} | told)
    properties = ET.SubElement(one, "properties")
    for name, value in _properties(run).items():
        ET.SubElement(properties, "property", {"name": name, "value": printable(value)})
    for outcome in checks:
        _case(one, run, outcome)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, "unicode")}\n'


def _properties(run: Run) -> dict[str, str]:
    checked = run.checked
    during = "" if checked.during is None else str(checked.during)
    since = "" if checked.since is None else moment(checked.since)
    return {"store": checked.store, "engine": checked.engine, "during": during, "since": since}


def _case(parent: ET.Element, run: Run, outcome: Outcome) -> None:
    check = run.about[outcome["id"]]
    case = ET.SubElement(
        parent,
        "testcase",
        {
            "name": printable(outcome["id"]),
            "classname": printable(f"tams.{check.entity}"),
            "time": f"{outcome['took_s']:.3f}",
        },
    )
    if outcome["failures"] is None:
        kind = "error" if run.is_late(outcome) else "skipped"
        ET.SubElement(case, kind, {"message": printable(outcome["reason"] or "")})
    elif fails(outcome, run.fail_on):
        message = f"{text.plural(outcome['failures'], 'finding')}: {check.meaning}"
        said = {"message": printable(message), "type": outcome["severity"]}
        ET.SubElement(case, "failure", said).text = printable(_told(run, outcome))
    elif outcome["failures"]:
        ET.SubElement(case, "system-out").text = printable(_told(run, outcome))
    elif outcome["acknowledged"]:
        ET.SubElement(case, "system-out").text = f"{outcome['acknowledged']} acknowledged"


def _told(run: Run, outcome: Outcome) -> str:
    """The first findings, a line for each, how many more there are, and what would mend them."""
    check, total = run.about[outcome["id"]], outcome["failures"] or 0
    lines = [f"{each['entity']} {each['id']}: {each['detail']}" for each in outcome["sample"]]
    more = total - len(lines)
    rest = [f"and {more} more"] if more else []
    if outcome["acknowledged"]:
        rest.append(f"and {outcome['acknowledged']} acknowledged")
    return "\n".join(["", *lines, *rest, f"To mend it: {check.repair}", ""])


def printable(words: str) -> str:
    r"""A text that XML can hold: what it cannot is shown as a code.

    >>> printable("a\x00b")
    'a\\u0000b'
    """
    return NOT_IN_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", words)
