"""The house style of models, held over dbt's manifest; no database is needed."""

import pytest

from infra.settings import ROOT
from kpi.metric_catalogue import LANGUAGES, versions_of

PREFIXES = {"staging": "stg_", "intermediate": "int_", "marts": ("fct_", "dim_")}
KINDS = {
    "standing": {"agreed", "supporting"},
    "statistic": {"mean", "ratio", "count", "sum", "rate", "quotient", "km_quantile"},
    "unit": {
        *("score_1_5", "share", "minutes", "hours", "days", "count", "quotient", "persons", "hours_per_week"),
        *("per_100_visits", "per_1000_visits"),
    },
    "direction": {"higher", "lower", "undefined"},
    "interval": {"persons", "opening_days", "poisson", "none"},
    "source_family": {
        *("feedback", "queue", "booking", "device", "session", "advice", "incident", "complaint", "staff_survey"),
        *("survey", "reference"),
    },
    "lowest_level": {"service_point", "agency", "national"},
}
BREAKDOWNS = {
    *("service_code", "service_kind", "access", "service_mode", "language", "opening_hour", "matter_code", "wave_id"),
    *("overseer", "incident_type"),
}
TEXTS = ("names", "explanations", "numerator", "denominator", "caveats")


@pytest.fixture(scope="module")
def models(manifest):
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert len(found) > 50
    return found


@pytest.fixture(scope="module")
def metrics(manifest):
    found = versions_of(manifest)
    assert len(found) >= 13
    return found


def test_every_model_states_its_grain(models):
    assert [model["name"] for model in models if not model["description"].startswith("One row per ")] == []


def test_what_the_yml_says_is_read_in_psql_too(models):
    wanted = {"relation": True, "columns": True}

    assert [model["name"] for model in models if model["config"]["persist_docs"] != wanted] == []


def test_every_macro_says_what_it_is_for(manifest):
    ours = [macro for macro in manifest["macros"].values() if macro["package_name"] == "pulssi"]
    assert ours

    assert [m["name"] for m in ours if not m["description"] and not m["name"].startswith("test_")] == []


def test_only_staging_reads_a_source(models):
    readers = [model for model in models if any(node.startswith("source.") for node in model["depends_on"]["nodes"])]
    assert readers

    assert [model["name"] for model in readers if folder(model) != "staging"] == []


def test_models_are_named_by_their_layer(models):
    layered = [model for model in models if folder(model) in PREFIXES]

    assert [model["name"] for model in layered if not model["name"].startswith(PREFIXES[folder(model)])] == []


def test_metrics_read_facts_and_dimensions_only(models, metrics):
    readings = {model["name"]: read_names(model) for model in models if model["name"] in metrics}

    assert {
        name: names for name, names in readings.items() if not all(n.startswith(("fct_", "dim_")) for n in names)
    } == {}


def test_no_desk_gets_past_the_intermediate_layer(models):
    published = [model for model in models if folder(model) in ("marts", "metrics")]

    # Minutes that desks were taken are of an agency at a point, not of a desk.
    assert [m["name"] for m in published if "desk" in m["raw_code"].replace("desk_minutes", "")] == []
    assert [m["name"] for m in published if "desk_id" in m["columns"]] == []


def test_every_table_of_marts_and_metrics_has_a_uniqueness_test(manifest, models, metrics):
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node.get("test_metadata", {}).get("name") == "unique_together"
    }
    needing = [m for m in models if folder(m) in ("marts", "metrics") and m["name"] not in metrics]

    assert [model["name"] for model in needing if model["unique_id"] not in tested] == []


def test_every_metric_is_in_the_union(models, metrics):
    union = next(model for model in models if model["name"] == "metric_components")

    assert read_names(union) == set(metrics)


def test_every_file_among_the_metrics_is_a_metric(models, metrics):
    files = {m["name"] for m in models if folder(m) == "metrics" and "rollup" not in m["fqn"]}

    assert files == set(metrics)


@pytest.mark.parametrize("field", sorted(KINDS))
def test_a_metric_is_of_a_known_kind(metrics, field):
    assert {m.metric_id: getattr(m, field) for m in metrics.values() if getattr(m, field) not in KINDS[field]} == {}


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_metric_is_explained_in_every_language(metrics, field, language):
    texts = {metric.metric_id: getattr(metric, field).in_language(language) for metric in metrics.values()}

    assert [metric_id for metric_id, text in texts.items() if not text.strip()] == []


def test_no_two_metrics_have_the_same_place_within_a_goal(metrics):
    places = {(metric.metric_id, metric.goal, metric.order) for metric in metrics.values()}
    goals_and_orders = sorted(place[1:] for place in places)

    assert goals_and_orders == sorted(set(goals_and_orders))


def test_a_quantile_is_given_exactly_where_the_statistic_needs_one(metrics):
    wrong = [m.metric_id for m in metrics.values() if (m.statistic == "km_quantile") != (m.quantile is not None)]

    assert wrong == []


def test_a_rate_says_of_how_many(metrics):
    assert [m.metric_id for m in metrics.values() if (m.statistic == "rate") != (m.per is not None)] == []


def test_a_metric_is_broken_down_by_known_columns(metrics):
    assert {m.metric_id: m.breakdowns for m in metrics.values() if set(m.breakdowns) - BREAKDOWNS} == {}


def test_a_metric_that_knows_no_agency_says_that_it_is_not_by_agency(models, metrics):
    without = {
        m["name"] for m in models if m["name"] in metrics and "'not_attributable' as agency_code" in m["raw_code"]
    }
    assert without

    assert {name for name, metric in metrics.items() if "agency" in metric.not_by} == without


def test_versions_of_a_metric_come_into_force_one_after_the_other(metrics):
    begun = [(metric.metric_id, metric.valid_from) for metric in metrics.values()]

    assert sorted(map(str, begun)) == sorted(set(map(str, begun)))
    assert {(m.metric_id, m.version) for m in metrics.values() if (m.version == 1) != (m.valid_from is None)} == set()


def test_every_metric_has_a_worked_example(manifest, metrics):
    worked = {example["model"] for example in manifest["unit_tests"].values() if example["expect"]["rows"]}

    assert set(metrics) - worked == set()


def test_sql_models_stay_readable():
    lengths = {file.name: len(file.read_text().splitlines()) for file in (ROOT / "dbt" / "models").rglob("*.sql")}
    assert lengths

    assert {name: length for name, length in lengths.items() if length > 120} == {}


def folder(model):
    return model["fqn"][1]


def read_names(model):
    return {node.rsplit(".", 1)[1] for node in model["depends_on"]["nodes"]}
