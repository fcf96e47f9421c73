"""Additive components of the true figures, and the figure that becomes of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.simulator.world import World

# period, service point or "", agency or "", metric, collection mode
Leaf = tuple[str, str, str, str, str]
# period, level, level id, metric, collection mode
Cell = tuple[str, str, str, str, str]

NEVER = 10**9  # seconds of something that did not end: it ranks last; a quantile on it, or halfway, has no value

# Quantile, and the seconds of the metric's unit.
QUANTILES: Mapping[str, tuple[float, int]] = {
    "queue_time_median": (0.5, 60),
    "queue_time_p90": (0.9, 60),
    "queue_time_called_median": (0.5, 60),
    "booked_wait_median": (0.5, 60),
    "service_time_median": (0.5, 60),
    "connection_delay_median": (0.5, 60),
    "help_time_median": (0.5, 60),
    "first_slot_lead_time": (0.5, 3600),
    "third_slot_lead_time": (0.5, 3600),
    "first_slot_lead_time_days": (0.5, 86400),
    "third_slot_lead_time_days": (0.5, 86400),
    "incident_resolution_median": (0.5, 3600),
}
# The value of these is the numerator: what there was of something in the month.
TOTALS = frozenset(
    {
        "visits", "service_events", "transactions", "bookings_due", "bookings_came", "bookings_served",
        "waiting_minutes", "desk_minutes", "self_service_minutes", "remote_room_minutes", "incident_count",
        "complaint_count", "statement_count", "customer_initiated_contacts", "open_feedback_positive_count",
        "open_feedback_negative_count", "open_feedback_unclassified_count", "offered_service_hours",
    }
)  # fmt: skip
PER: Mapping[str, int] = {"incidents_per_1000_visits": 1000, "answers_per_100_visits": 100}


@dataclass(slots=True)
class Sums:
    """Additive components: a ratio or mean is numerator / denominator, a quantile needs the durations by second."""

    numerator: float = 0
    denominator: float = 0
    waits: Counter[int] = field(default_factory=Counter)

    def add(self, numerator: float, denominator: float = 1) -> None:
        self.numerator += numerator
        self.denominator += denominator

    def add_seconds(self, seconds: int) -> None:
        self.waits[seconds] += 1
        self.denominator += 1

    def merge(self, other: "Sums") -> None:
        self.numerator += other.numerator
        self.denominator += other.denominator
        self.waits.update(other.waits)


Found = defaultdict[Leaf, Sums]  # what one run adds up


def rolled_up(leaves: Mapping[Leaf, Sums], world: World) -> dict[Cell, Sums]:
    """Sums at every level; a metric without an agency has no row at agency level, one without a point none below."""
    points = {point.service_point_id: point for point in world.points}
    found: dict[Cell, Sums] = defaultdict(Sums)
    for (period, service_point_id, agency, metric, mode), sums in leaves.items():
        levels = {"national": "national"}
        if service_point_id:
            point = points[service_point_id]
            levels |= {"service_point": service_point_id, "region": point.region_code, "size_class": point.size_class}
        if agency:
            levels["agency"] = agency
        for level, level_id in levels.items():
            found[period, level, level_id, metric, mode].merge(sums)
    return found


def value(metric: str, sums: Sums, run_count: int = 1) -> float | None:
    """The figure of the summed components of *run_count* runs; None when there is nothing to count."""
    if metric in TOTALS:
        return sums.numerator / run_count
    if metric in QUANTILES:
        quantile, unit = QUANTILES[metric]
        seconds = quantile_of(sums.waits, quantile)
        return None if seconds is None or seconds >= NEVER / 2 else seconds / unit
    return PER.get(metric, 1) * sums.numerator / sums.denominator if sums.denominator else None


def quantile_of(waits: Counter[int], quantile: float) -> float | None:
    """The smallest duration that the share *quantile* does not exceed; between two that both fit, their middle."""
    wanted, passed = quantile * waits.total(), 0
    ordered = sorted(waits)
    for position, seconds in enumerate(ordered):
        passed += waits[seconds]
        if abs(passed - wanted) < 1e-6 and position + 1 < len(ordered):
            return (seconds + ordered[position + 1]) / 2
        if passed > wanted - 1e-6:
            return seconds
    return None
