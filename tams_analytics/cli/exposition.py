"""Numbers in Prometheus' text format, for the textfile collector of a node_exporter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

Labels = Mapping[str, str]


def gauge(name: str, said: str, values: Iterable[tuple[Labels, float]]) -> Metric:
    """A number that goes up and down, for each set of labels; all sets have the same names."""
    told = list(values)
    names = list(told[0][0]) if told else []
    family = GaugeMetricFamily(name, said, labels=names)
    for labels, value in told:
        family.add_metric([labels[each] for each in names], value)
    return family


def text(families: Iterable[Metric]) -> str:
    """The file; a family without a value is left out."""
    registry = CollectorRegistry()
    registry.register(_These([each for each in families if each.samples]))
    return generate_latest(registry).decode()


class _These(Collector):
    """Gives what it was given."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families
