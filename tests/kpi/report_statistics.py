"""What the releases for the tests of reports hold beside their numbers: of the point Oulu."""

from dataclasses import replace

from infra.months import parse_month
from kpi.released_statistics import Change, FunnelPosition, Smoothed, Target

MONTH = parse_month("2026-10")


def change(metric_id, mode, verdict, difference=None, **changes):
    """A change of the point Oulu since the month before, with an interval and the smallest that could be seen."""
    spread = None if difference is None else abs(difference) + 0.01
    made = Change(
        metric_id=metric_id,
        metric_version=1,
        level="service_point",
        level_id="oulu",
        collection_mode=mode,
        comparison="month",
        period=MONTH.first_day,
        compared_period=MONTH.previous.first_day,
        value=None,
        compared_value=None,
        difference=difference,
        lower_bound=None if difference is None else difference - spread,
        upper_bound=None if difference is None else difference + spread,
        p_value=None,
        q_value=None,
        smallest_detectable_change=None if difference is None else 1.5 * spread,
        test=None,
        verdict=verdict,
        reason=None,
    )
    return replace(made, **changes)


def changes_of_oulu():
    return (
        change("satisfaction_mean", "device", "worse", -0.126, upper_bound=-0.02),
        change("satisfaction_mean", "sms", "not_comparable", reason="mode_changed"),
        change("satisfaction_happy_share", "device", "no_evidence", -0.024),
        change("satisfaction_happy_share", "device", "better", 0.031, comparison="year", lower_bound=0.01),
        change("queue_time_median", "queue_system", "better", -0.2, upper_bound=-0.1),
        change("visits", "queue_system", "changed_up", 120.0),
        change("visits", "queue_system", "not_comparable", comparison="year", reason="no_earlier_month"),
        change("abandonment_rate", "queue_system", "not_comparable", reason="fewer_than_5_days"),
    )


def smoothed_of_oulu():
    """The few answers by text message of three months, and drawn towards the points of the size class."""
    pooled = Smoothed(
        metric_id="satisfaction_mean",
        metric_version=1,
        period=MONTH.first_day,
        level="service_point",
        level_id="oulu",
        collection_mode="sms",
        method="pooled_3_months",
        value=3.71,
        lower_bound=3.3,
        upper_bound=4.12,
        observation_count=38,
        own_value=3.5,
        own_observation_count=12,
        peer_group=None,
        peer_value=None,
        own_weight=None,
    )
    drawn = {"value": 3.84, "observation_count": 12, "peer_group": "L", "peer_value": 3.94, "own_weight": 0.4}
    return pooled, replace(pooled, method="shrunk", **drawn)


def position(metric_id, mode, where, value, class_value):
    """Where the point Oulu lies beside the limits of its size class, 0.02 and 0.03 about the number of the class."""
    return FunnelPosition(
        metric_id=metric_id,
        metric_version=1,
        period=MONTH.first_day,
        level_id="oulu",
        collection_mode=mode,
        size_class="L",
        value=value,
        class_value=class_value,
        lower_95=class_value - 0.02,
        upper_95=class_value + 0.02,
        lower_998=class_value - 0.03,
        upper_998=class_value + 0.03,
        position=where,
    )


def funnel_of_oulu():
    return (
        position("satisfaction_happy_share", "device", "above_95", 0.809, 0.785),
        position("satisfaction_mean", "device", "inside_95", 4.214, 4.205),
        position("resolved_rate", "device", "below_998", 0.712, 0.760),
    )


def target(metric_id, mode, verdict, value, **changes):
    """An agreed target of the point Oulu, or with *verdict* None one that is not agreed."""
    made = Target(
        metric_id=metric_id,
        metric_version=1,
        period=MONTH.first_day,
        level="service_point",
        level_id="oulu",
        collection_mode=mode,
        target_status="agreed" if verdict else "indicative_baseline",
        target_value=value,
        verdict=verdict,
        reason="interval_spans_target" if verdict == "cannot_say" else None,
    )
    return replace(made, **changes)
