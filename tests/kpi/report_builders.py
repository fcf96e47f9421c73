"""Releases for the tests of reports: two points with numbers of every kind, and one without any."""

from dataclasses import replace
from datetime import UTC, date, datetime

from report_statistics import MONTH, changes_of_oulu, funnel_of_oulu, smoothed_of_oulu

from infra.months import Month
from kpi.published import (
    CodeLabel,
    MetricLabel,
    Observation,
    Release,
    ServicePointLabel,
    SourceLabel,
)
from kpi.release_labels import code_labels


def three(text):
    return {"fi": text, "sv": f"{text} (sv)", "en": f"{text} (en)"}


def code(value, name):
    return CodeLabel(value, three(name), {})


def codes(kind):
    return {code: label for (kind_of, code), label in CODES.items() if kind_of == kind}


def metric(metric_id, name, **changes):
    label = MetricLabel(
        metric_id=metric_id,
        version=1,
        source="M01",
        goal="G0",
        order=1,
        standing="agreed",
        statistic="ratio",
        quantile=None,
        unit="share",
        direction="higher",
        decimals=1,
        interval="persons",
        source_family="feedback",
        collection_modes=["device"],
        minimum_observation_count=30,
        owner="Valtakunnallinen asiakaskokemustiimi",
        names=three(name),
        explanations=three(f"{name}: selitys siitä, mitä mittari kertoo asioinnista."),
        numerator=three("vastaukset, jotka täyttävät ehdon"),
        denominator=three("kaikki vastaukset"),
        caveats=three("Vastaajat valikoituvat itse."),
    )
    return replace(label, **changes)


MINUTES = {"source": "M03", "goal": "G1", "source_family": "queue", "interval": "opening_days"}
MINUTES |= {"collection_modes": ["queue_system"]}
METRICS = (
    metric("satisfaction_mean", "Yleinen asiakastyytyväisyys", statistic="mean", unit="score_1_5", decimals=2),
    metric("satisfaction_happy_share", "Tyytyväisten osuus", order=2),
    metric("queue_time_median", "Jonotusajan mediaani", statistic="km_quantile", unit="minutes", **MINUTES),
    metric("queue_time_within_target_share", "Tavoiteajassa kutsutut", order=2, **MINUTES),
    metric("abandonment_rate", "Jonosta poistuneet", order=3, **MINUTES),
    metric("booked_on_time_share", "Ajallaan palvellut varaukset", order=4, **MINUTES | {"source_family": "booking"}),
    metric("resolved_rate", "Asia hoidettu", source="M06", goal="G3"),
    metric(
        "customer_safety_physical_mean",
        "Koettu fyysinen turvallisuus",
        source="M07",
        goal="G4",
        unit="score_1_5",
        decimals=2,
    ),
    metric("visits", "Käynnit", standing="supporting", statistic="count", unit="count", decimals=0, interval="none"),
    metric(
        "completeness",
        "Mittauksen kattavuus",
        source="supporting",
        goal="none",
        order=2,
        standing="supporting",
        interval="none",
        source_family="device",
    ),
)
# The code lists as a release freezes them.
CODES = {
    (label.kind, label.code): CodeLabel(**{"explanations": {}} | dict(label.attributes)) for label in code_labels()
}
POINTS = (
    ServicePointLabel("oulu", three("Oulun asiakaspalvelupiste"), "L", "17", "564", "fi", "kela", ["kela", "vero"]),
    ServicePointLabel("aland", three("Ähtärin asiakaspalvelupiste"), "XS", "14", "989", "fi", "kela", ["kela"]),
    ServicePointLabel("zero", three("Åbo <script>&amp; servicepunkt"), "M", "02", "853", "sv", "vero", ["vero"]),
)


def observation(metric_id, level, level_id, mode, value, width=None, **changes):
    """A number with an interval *width* wide; without *width* it has none."""
    row = Observation(
        metric_id=metric_id,
        metric_version=1,
        period=MONTH.first_day,
        level=level,
        level_id=level_id,
        collection_mode=mode,
        value=value,
        lower_bound=None if width is None else value - width / 2,
        upper_bound=None if width is None else value + width / 2,
        observation_count=None if value is None else 1512,
        numerator=None,
        denominator=None,
        cluster_count=None,
        interval_method=None if width is None else "wilson",
        observation_status="M" if value is None else "A",
        confidentiality_status="F",
        status_reason=None,
        completeness_minutes_share=0.982,
        completeness_sources_share=1.0,
        gate_verdict="passed_with_warnings",
    )
    return replace(row, **changes)


def everywhere(metric_id, mode, value, width):
    """The point Oulu in both months, the points of its size class, the country."""
    before = {"period": MONTH.previous.first_day, "observation_count": 1498}
    return [
        observation(metric_id, "service_point", "oulu", mode, value, width),
        observation(metric_id, "service_point", "oulu", mode, value * 1.03, width * 1.1, **before),
        observation(metric_id, "size_class", "L", mode, value * 0.98, width / 2, observation_count=7844),
        observation(metric_id, "national", "national", mode, value * 0.96, width / 4, observation_count=20411),
    ]


def missing(metric_id, point_id, mode, reason, **changes):
    changes = {
        "status_reason": reason,
        "completeness_minutes_share": None,
        "completeness_sources_share": None,
    } | changes
    return observation(metric_id, "service_point", point_id, mode, None, **changes)


def observations():
    few = {"observation_count": 12, "observation_status": "U", "status_reason": "fewer_than_minimum"}
    hours = {"numerator": 9180.0, "denominator": 9720.0, "completeness_minutes_share": 0.9444}
    return [
        *everywhere("satisfaction_mean", "device", 4.214, 0.08),
        *everywhere("satisfaction_happy_share", "device", 0.809, 0.04),
        observation("satisfaction_mean", "service_point", "oulu", "sms", 3.5, 1.4, **few),
        observation("satisfaction_mean", "national", "national", "sms", 3.94, 0.1),
        missing("satisfaction_happy_share", "oulu", "sms", "not_delivered"),
        *everywhere("queue_time_median", "queue_system", 6.4, 1.8),
        *everywhere("queue_time_within_target_share", "queue_system", 0.842, 0.06),
        observation(
            "abandonment_rate", "service_point", "oulu", "queue_system", 0.031, status_reason="fewer_than_5_days"
        ),
        missing("booked_on_time_share", "oulu", "booking_system", "no_source"),
        *everywhere("resolved_rate", "device", 0.712, 0.05),
        missing("customer_safety_physical_mean", "oulu", "survey", "no_observations"),
        observation("visits", "service_point", "oulu", "queue_system", 5120, interval_method=None),
        observation("completeness", "service_point", "oulu", "queue", 0.9444, **hours),
        observation("completeness", "service_point", "oulu", "feedback", None, status_reason="no_source"),
        observation("queue_time_median", "service_point", "aland", "queue_system", 34.0, status_reason="beyond_range"),
        *(missing(label.metric_id, "zero", label.collection_modes[0], "closed") for label in METRICS[:-1]),
    ]


def release(**changes):
    made = Release(
        release_id="2026-10.1",
        month=Month(date(2026, 10, 1)),
        vintage=1,
        status="final",
        cutoff=datetime(2026, 11, 9, 22, tzinfo=UTC),
        content_hash="3f9c1d0b" * 8,
        reference_digest="77aa12ef" * 8,
        gate_verdicts={"landing": "passed", "marts": "passed_with_warnings", "metrics": "passed", "release": "passed"},
        created_at=datetime(2026, 11, 22, 5, tzinfo=UTC),
        observations=tuple(observations()),
        metrics={label.metric_id: label for label in METRICS},
        service_points={point.service_point_id: point for point in POINTS},
        agencies={"kela": code("kela", "Kela"), "vero": code("vero", "Verohallinto")},
        regions={
            "17": code("17", "Pohjois-Pohjanmaa"),
            "14": code("14", "Etelä-Pohjanmaa"),
            "02": code("02", "Varsinais-Suomi"),
        },
        size_classes=codes("size_class"),
        sources={
            "urn:sms": SourceLabel("urn:sms", "feedback", "sms", None, "Viestipalvelu Oy", "daily"),
            "urn:smiley": SourceLabel("urn:smiley", "feedback", "device", "oulu", "Laitetoimittaja Oy", "continuous"),
            "urn:queues": SourceLabel("urn:queues", "queue", None, None, "Keskusvirasto", "daily"),
            "urn:queue": SourceLabel("urn:queue", "queue", None, "oulu", "Jonot Oy", "continuous"),
        },
        codes={kind: codes(kind) for kind in ("collection_mode", "status_reason", "change_reason")},
        changes=changes_of_oulu(),
        smoothed=smoothed_of_oulu(),
        funnel=funnel_of_oulu(),
    )
    return replace(made, **changes)
