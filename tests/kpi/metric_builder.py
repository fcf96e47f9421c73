"""Metrics of the catalogue for tests, by what matters in them."""

from kpi.metric_catalogue import Metric, Texts

TEXTS = Texts("teksti", "text", "text")


def metric(**changes):
    defaults = dict.fromkeys(("names", "explanations", "numerator", "denominator", "caveats"), TEXTS)
    defaults |= dict.fromkeys(("source", "goal", "owner"), "text")
    defaults |= {"metric_id": "a_metric", "version": 1, "order": 1, "decimals": 1, "quantile": None}
    defaults |= {"standing": "agreed", "direction": "higher", "interval": "opening_days", "source_family": "feedback"}
    defaults |= {"collection_modes": ("device",), "minimum_observation_count": 10}
    return Metric(**defaults | changes)
