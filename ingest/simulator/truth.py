"""What a perfect pipeline would say, computed from the customers themselves and from nothing the pipeline has.

What a metric's truth means is decided here and nowhere else:

- The population of a collection mode is the customers of the points (for SMS: of the agencies at them) that have an
  installation of that mode, whether or not it worked and whether or not a customer used it. For the survey it is the
  visits during its wave at the points that hand it out. Customers who only come to book count nowhere.
- queue_time_median: median over walk-in tickets of the wait each customer would have had had they stayed.
- queue_time_within_target_share, abandonment_rate, booked_on_time_share: what happened. A customer who left was
  not called within the target and not on time; a customer absent at the call was called and did not leave.
- Whoever goes out can press the device at the exit and take a form, but only who was served gets an SMS: SMS figures
  are a little too good, and the difference from the truth shows by how much.
- satisfaction, outcome, safety, equality: the answer each customer would have given, those who left included. The
  device's is that of the visit's first ticket, on the scale of the point's device; an SMS is about one ticket.
- visits: stays, dated by arrival, of the agency of the first ticket; second tickets of a stay add none.
- abandonment_rate is over all tickets, booked ones too; queue times are of walk-ins only.
- A ticket that the staff move to another queue stays one ticket: its wait is the first one, and the second leg counts
  in no queue figure. What was corrected later is what it was corrected to; what was withdrawn never was.
- paper: all visits of the points that have forms. web: all visits. survey, interview: the visits of their waves.
  popup_self_service, popup_remote: all sessions at such devices. Who only uses self-service is no visit: no ticket.
- completeness: share of the opening minutes in which the installations of a family worked and sent what can be read,
  sooner or later. Messages that are only late were measured; those of a dead or broken device were not.

*realised* is this run, *true* the expected value: the same figures over all replications together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from infra.months import Month
from ingest.simulator.events import Fault, local_day_start
from ingest.simulator.parameters import Scenario
from ingest.simulator.run import DayOfPoint
from ingest.simulator.world import World, days

TARGET_SECONDS = 900
ON_TIME_SECONDS = 300
LATE_ARRIVAL_SECONDS = 600
HAPPY_SCORE = 4
UNMEASURED = ("dead_device", "broken_vendor", "reset_clock")

# period, service point, agency or "", metric, collection mode
Leaf = tuple[str, str, str, str, str]
# period, level, level id, metric, collection mode
Cell = tuple[str, str, str, str, str]


@dataclass(slots=True)
class Sums:
    """Additive components: a ratio or mean is numerator / denominator, a median needs the waits by second."""

    numerator: float = 0
    denominator: int = 0
    waits: Counter[int] = field(default_factory=Counter)

    def add(self, numerator: float) -> None:
        self.numerator += numerator
        self.denominator += 1

    def merge(self, other: "Sums") -> None:
        self.numerator += other.numerator
        self.denominator += other.denominator
        self.waits.update(other.waits)


def components(run: Iterable[DayOfPoint], world: World, scenario: Scenario) -> dict[Leaf, Sums]:
    """The components of all metrics of one run, by point and, where the metric has one, agency."""
    found: dict[Leaf, Sums] = defaultdict(Sums)
    for happened in run:
        _count_queues(happened, found)
        _count_answers(happened, world, scenario, found)
    return found


def rolled_up(leaves: Mapping[Leaf, Sums], world: World) -> dict[Cell, Sums]:
    """Sums at every level; a metric without an agency has no row at agency level."""
    points = {point.service_point_id: point for point in world.points}
    found: dict[Cell, Sums] = defaultdict(Sums)
    for (period, service_point_id, agency, metric, mode), sums in leaves.items():
        point = points[service_point_id]
        levels = {
            "service_point": service_point_id,
            "region": point.region_code,
            "size_class": point.size_class,
            "national": "national",
        }
        if agency:
            levels["agency"] = agency
        for level, level_id in levels.items():
            found[period, level, level_id, metric, mode].merge(sums)
    return found


def value(metric: str, sums: Sums, run_count: int = 1) -> float | None:
    """The figure of summed components; None when there is nothing to count."""
    if metric == "visits":
        return sums.denominator / run_count
    if metric == "queue_time_median":
        return median(sums.waits.elements()) / 60 if sums.waits else None
    return sums.numerator / sums.denominator if sums.denominator else None


def completeness(world: World, months: list[Month], faults: list[Fault], scenario: Scenario) -> dict[Leaf, Sums]:
    """Measured and opening minutes by point and family; a point without an installation of a family has no row."""
    silent = [(fault.source, fault.starts_at, fault.ends_at) for fault in faults if fault.kind in UNMEASURED]
    found: dict[Leaf, Sums] = defaultdict(Sums)
    for point in world.points:
        sources = {"queue": point.queue_source or point.installed.get("display"), "feedback": point.feedback_source}
        for family, source in sources.items():
            for month in months if source else []:
                sums = found[f"{month}-01", point.service_point_id, "", "completeness", family]
                for day in days(month):
                    span = point.opening(day)
                    if span is None:
                        continue
                    start = local_day_start(day, scenario.time_zone)
                    minutes = (span[1] - span[0]) // 60
                    is_silent = any(
                        source == of and starts_at <= start + span[0] < ends_at for of, starts_at, ends_at in silent
                    )
                    sums.denominator += minutes
                    sums.numerator += 0 if is_silent else minutes
    return found


def _count_queues(happened: DayOfPoint, found: dict[Leaf, Sums]) -> None:
    point = happened.point
    if point.queue_source is None:
        return
    period, place = f"{happened.day:%Y-%m}-01", point.service_point_id
    arrivals: dict[int, str] = {}
    for ticket in happened.tickets:
        if ticket.purpose != "service":
            continue
        arrivals.setdefault(ticket.visit, ticket.agency)
        if ticket.is_second_leg:
            continue
        found[period, place, ticket.agency, "abandonment_rate", "queue_system"].add(ticket.left_at is not None)
        if ticket.slot_start is None:
            wait = None if ticket.called_at is None else ticket.called_at - ticket.issued_at
            found[period, place, ticket.agency, "queue_time_within_target_share", "queue_system"].add(
                wait is not None and wait <= TARGET_SECONDS
            )
            waits = found[period, place, ticket.agency, "queue_time_median", "queue_system"]
            waits.waits[ticket.would_be_wait] += 1
            waits.denominator += 1
        elif ticket.checked_in_at <= ticket.slot_start + LATE_ARRIVAL_SECONDS:
            found[period, place, ticket.agency, "booked_on_time_share", "booking_system"].add(
                ticket.called_at is not None and ticket.called_at <= ticket.slot_start + ON_TIME_SECONDS
            )
    for agency in arrivals.values():
        found[period, place, agency, "visits", "queue_system"].denominator += 1


def _count_answers(happened: DayOfPoint, world: World, scenario: Scenario, found: dict[Leaf, Sums]) -> None:
    point, period = happened.point, f"{happened.day:%Y-%m}-01"
    place = point.service_point_id
    modes = _modes_of_visits(happened, world, scenario)
    seen = set()

    def add(agency: str, metric: str, mode: str, number: float) -> None:
        found[period, place, agency, metric, mode].add(number)

    def add_satisfaction(agency: str, mode: str, score: int) -> None:
        add(agency, "satisfaction_mean", mode, score)
        add(agency, "satisfaction_happy_share", mode, score >= HAPPY_SCORE)

    def add_outcome(agency: str, mode: str, outcome: str) -> None:
        add(agency, "resolved_rate", mode, outcome == "resolved")
        add(agency, "advanced_rate", mode, outcome != "neither")
        add(agency, "not_advanced_rate", mode, outcome == "neither")

    for ticket, opinion in zip(happened.tickets, happened.opinions, strict=True):
        if ticket.purpose != "service":
            continue
        if ticket.agency in world.sms_sources:
            add_satisfaction(ticket.agency, "sms", opinion.rating)
            add_outcome(ticket.agency, "sms", opinion.outcome)
        if ticket.visit in seen:
            continue
        seen.add(ticket.visit)
        if point.feedback_source is not None:
            add_satisfaction("", "device", opinion.face_score)
        for mode in modes:
            add_satisfaction("", mode, opinion.rating)
            add("", "customer_safety_physical_mean", mode, opinion.safety_physical)
            add("", "equal_mean", mode, opinion.equal)
            if mode in ("paper", "web"):
                add_outcome("", mode, opinion.outcome)
    for session in happened.sessions:
        add_satisfaction(session.agency, f"popup_{session.kind}", session.opinion.rating)
        add_outcome(session.agency, f"popup_{session.kind}", session.opinion.outcome)


def _modes_of_visits(happened: DayOfPoint, world: World, scenario: Scenario) -> list[str]:
    """Where visitors are asked the questions of a form on that day."""
    point = happened.point
    modes = ["web"]
    if "paper" in point.installed:
        modes.append("paper")
    if world.waves["customer"].has(happened.day) and point.service_point_id in scenario.surveyed_points:
        modes.append("survey")
    if "interview" in point.installed and world.waves["interviews"].has(happened.day):
        modes.append("interview")
    return modes
