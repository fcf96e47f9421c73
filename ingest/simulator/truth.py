"""What a perfect pipeline would say, computed from the customers themselves and from nothing the pipeline has.

What a metric's truth means is decided here and nowhere else:

- The population of a collection mode is the customers of the points (for SMS: of the agencies at them) that have an
  installation of that mode, whether or not it worked and whether or not a customer used it. For the survey it is the
  visits during its wave at the points that hand it out. Customers who only come to book count nowhere.
- queue_time_median, queue_time_p90, booked_wait_median, help_time_median: over all customers, of the time that each
  would have waited had they stayed. queue_time_called_median, walk_in_wait_mean,
  wait_of_those_who_waited_mean: what those waited who were called, the last of those not called at once.
- queue_time_within_target_share, abandonment_rate, booked_on_time_share: what happened. A customer who left was
  not called within the target and not on time; a customer absent at the call was called and did not leave.
- Whoever goes out can press the device at the exit and take a form, but only who was served gets an SMS: SMS figures
  are a little too good, and the difference from the truth shows by how much.
- satisfaction, outcome, safety, equality, trust: the answer each customer would have given, those who left included.
  The device's is that of the visit's first ticket, on the scale of the point's device; an SMS is about one ticket.
- satisfaction of all presses: the same customers; what misuse adds to it is its bias. flagged_press_share: all presses
  of a planted burst but its first.
- visits: stays, dated by arrival, of the agency of the first ticket; second tickets of a stay add none.
- abandonment_rate and booked_share are over all tickets; queue times and called_absent_rate are of walk-ins only.
- A ticket that the staff move to another queue stays one ticket: its wait is the first one, and the second leg counts
  in no queue figure, but its wait, from the end of the first service on, is a repeated one of the visit, and its
  minutes are those of its own agency.
- first_wait_mean, repeat_wait_mean, total_wait_mean: until the call or until leaving, of booked customers from their
  coming on; a visit with a wait that never ended is in none that needs it. A visit is of several agencies when its
  customer went to several.
- waiting_minutes: those who left included, booked customers from their coming on. desk_minutes: time on hold included.
- no_show_rate, bookings_due, bookings_came, bookings_served: bookings not cancelled, by the day of their slot, at the
  points whose queue system knows who came.
- What was corrected later is what it was corrected to; what was withdrawn never was.
- paper: all visits of the points that have forms. web: all visits. survey, interview: the visits of their waves.
  popup_self_service, popup_remote: all sessions at such devices. Who only uses self-service is no visit: no ticket.
- open feedback, answers_per_100_visits, response_rate: what was said, and to be expected from the shares that answer.
  A text is unclassified where nobody who took it down said whether it was praise.
- customer_initiated_contacts: what the advisers logged; nobody knows the others. guidance_success_mean: what the
  advisers think of every contact they logged, sent or not.
- incident_count: each incident once, whoever reported it. incidents_per_1000_visits: at the points whose visits are
  counted. incident_resolved_share: resolved before the month is final; what is never resolved ranks last.
- trust_*, survey_wider_sample: what those asked in the whole country would answer; they need not have visited a point.
- complaint_count, statement_count: also those of an agency that sent no report.
- people_waiting_mean, announced_wait_mean: at a mean instant of the opening hours, per queue of the day.
- first_slot_lead_time, third_slot_lead_time: over the mornings; no free time within the horizon ranks last.
- completeness: share of the opening minutes in which the installations of a family worked and sent what can be read,
  sooner or later. Messages that are only late were measured; those of a dead or broken device were not.
- The months differ only by their weekdays, by what was changed by design and by chance: no season is simulated.

*realised* is this run, *true* the expected value: the same figures over all replications together.
"""

from collections import defaultdict
from collections.abc import Iterable

from infra.months import Month
from ingest.simulator.events import Event, Fault, local_day_start
from ingest.simulator.monthly import Monthly
from ingest.simulator.parameters import Parameters, Scenario
from ingest.simulator.run import DayOfPoint
from ingest.simulator.truth_answers import count_answers
from ingest.simulator.truth_given import (
    count_given,
    count_monthly,
    count_visits_of_presses,
    expect_given,
    expect_monthly,
)
from ingest.simulator.truth_queues import count_queues
from ingest.simulator.truth_services import count_offered_hours, count_services
from ingest.simulator.truth_sums import Found, Leaf, Sums
from ingest.simulator.world import World, days

UNMEASURED = ("dead_device", "broken_vendor", "reset_clock")


def expected_components(
    happened: Iterable[DayOfPoint], world: World, months: list[Month], parameters: Parameters, scenario: Scenario
) -> dict[Leaf, Sums]:
    """The components of all metrics of one run, by point and agency, where what is sent is what is to be expected."""
    found: Found = defaultdict(Sums)
    for day in happened:
        _count_day(day, world, scenario, found)
        expect_given(day, world, parameters, found)
    expect_monthly(world, months, parameters, found)
    count_offered_hours(world, months, found)
    return dict(found)


def realised_components(
    happened: Iterable[DayOfPoint],
    events: Iterable[Event],
    monthly: Monthly,
    world: World,
    months: list[Month],
    scenario: Scenario,
) -> dict[Leaf, Sums]:
    """The components of all metrics of the run that sent *events*, before anything went wrong with them."""
    found: Found = defaultdict(Sums)
    for day in happened:
        _count_day(day, world, scenario, found)
    count_given(events, world, found, scenario.time_zone)
    count_monthly(monthly, world, found)
    count_offered_hours(world, months, found)
    return dict(found)


def _count_day(day: DayOfPoint, world: World, scenario: Scenario, found: Found) -> None:
    count_queues(day, found)
    count_answers(day, world, scenario, found)
    count_services(day, found, scenario.time_zone)
    count_visits_of_presses(day, found)


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
