"""The metrics are those of the page, with its types and labels."""

from gateway.metrics import Metrics
from tests.architecture.documents import table

SUFFIXES = {"counter": "_total", "gauge": "", "histogram": ""}


def test_every_metric_stands_in_the_table() -> None:
    """Before the first event a metric shows no labels, so the collectors are read."""
    collectors = Metrics().registry._collector_to_names
    exported = {
        (one._name + SUFFIXES[one._type], one._type, one._labelnames)  # type: ignore[attr-defined]  # a Collector says less than a metric has
        for one in collectors
    }

    told = {
        (
            name.strip("`"),
            type_,
            tuple(label.strip("` ") for label in labels.split(",") if label != "none"),
        )
        for name, type_, labels, _ in table("docs/operating.md", "Metric")
    }

    assert told == exported


def test_every_metric_says_what_it_is() -> None:
    families = [*Metrics().registry.collect()]

    assert [one.name for one in families if not one.documentation.endswith(".")] == []
