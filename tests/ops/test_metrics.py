"""Every metric that an alert or the dashboard names is exported, with the labels that they use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import tams_analytics as ta
from tests.ops.exported import CHECKS, Exported, all_exported
from tests.ops.promql import named_in

VARIABLE = re.compile(r"label_values\((\w+), (\w+)\)").fullmatch


@pytest.fixture(scope="module")
def exported() -> Exported:
    with ta.examples.newsroom(segments=1000) as store:
        return all_exported(store)


def rules(root: Path) -> list[dict[str, Any]]:
    text = (root / "ops" / "prometheus" / "alerts.yaml").read_text("utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def dashboard(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "ops" / "grafana" / "tams.json").read_bytes())
    return found


def queries(root: Path) -> Iterator[str]:
    yield from (rule["expr"] for rule in rules(root))
    panels = dashboard(root)["panels"]
    yield from (each["expr"] for panel in panels for each in panel.get("targets", ()))


def test_every_metric_that_is_named_is_exported_with_its_labels(
    root: Path, exported: Exported
) -> None:
    unknown = {}
    for query in queries(root):
        named = named_in(query)
        labels = set().union(*(exported.get(name, set()) for name in named.metrics))
        missing = (named.metrics - exported.keys(), named.labels - labels)
        if missing != (set(), set()):
            unknown[query] = missing

    assert {} == unknown


def test_every_query_names_a_metric_of_ours(root: Path) -> None:
    assert [] == [query for query in queries(root) if not named_in(query).metrics]


def test_what_a_run_of_checks_exports_is_looked_at(root: Path) -> None:
    used = set().union(*(named_in(query).metrics for query in queries(root)))

    assert CHECKS.keys() <= used


def test_the_texts_of_alerts_use_labels_that_their_metric_has(
    root: Path, exported: Exported
) -> None:
    for rule in rules(root):
        used = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        metrics = named_in(rule["expr"]).metrics

        assert used <= set().union(*(exported[name] for name in metrics)), rule["alert"]


def test_the_variables_of_the_dashboard_are_exported_and_used(
    root: Path, exported: Exported
) -> None:
    text = json.dumps(dashboard(root))
    for variable in dashboard(root)["templating"]["list"]:
        match = VARIABLE(variable["query"])

        assert match is None or match[2] in exported[match[1]]
        assert match is not None or variable["type"] == "datasource"
        assert f"${variable['name']}" in text or f"${{{variable['name']}}}" in text


def test_no_panel_lies_on_another(root: Path) -> None:
    places = [panel["gridPos"] for panel in dashboard(root)["panels"]]
    cells = [
        (x, y)
        for each in places
        for x in range(each["x"], each["x"] + each["w"])
        for y in range(each["y"], each["y"] + each["h"])
    ]

    assert len(cells) == len(set(cells))
    assert max(x for x, _y in cells) == 23


@pytest.mark.parametrize(
    ("query", "metrics", "labels"),
    [
        ("up", {"up"}, set()),
        ('a{b="sum(c{d=1})", e=~"f"} > 0', {"a"}, {"b", "e"}),
        ("sum by (b, c) (rate(a[5m])) / on (b) group_left (d) e offset 1h", {"a", "e"}, {*"bcd"}),
        ("sum(a) by (b)", {"a"}, {"b"}),
        ("time() - a > 1.5e3 and b unless c", {"a", "b", "c"}, set()),
        ("sum by (le) (a_bucket{x!~'y'}) # z{w}", {"a_bucket"}, {"le", "x"}),
        ("a:b:rate5m == bool 0", {"a:b:rate5m"}, set()),
    ],
)
def test_the_names_in_a_query_are_read(query: str, metrics: set[str], labels: set[str]) -> None:
    named = named_in(query)

    assert (metrics, labels) == (named.metrics, named.labels)


def test_what_is_no_query_is_refused() -> None:
    with pytest.raises(ValueError, match="no token"):
        named_in("a ? b")
