"""What each agency's queue at a point expects in a month: hours, arrivals, bookings and desks."""

from dataclasses import dataclass
from datetime import date
from math import ceil, prod

from infra.months import Month
from ingest.simulator.parameters import AgencyProfile, Parameters, Scenario
from ingest.simulator.world import Point, Span

WEEKS_PER_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """One agency at one point in one month; rates are expected customers."""

    agency: str
    profile: AgencyProfile
    desks: int
    last_desk_share: float
    weekly_walk_ins: float
    weekly_booked: float
    weekly_arrival_weight: float
    weekly_open_seconds: int

    @property
    def utilisation(self) -> float:
        """Expected share of desk time in use."""
        load = (self.weekly_walk_ins + self.weekly_booked) * self.profile.mean_desk_seconds
        capacity = self.weekly_open_seconds * (self.desks - 1 + self.last_desk_share)
        return load / capacity if capacity else 0.0


def plan_point(point: Point, month: Month, parameters: Parameters, scenario: Scenario) -> dict[str, QueuePlan]:
    """Plans by agency. The seasonal pattern of the sources is left out: months differ by planted changes only."""
    changes = scenario.changes_of(point.service_point_id, month)
    visits = scenario.visits_of_point.get(point.service_point_id, scenario.visits_per_month[point.size_class])
    visits_now = visits * prod(change.get("visits_factor", 1) for change in changes)
    last_desk_shares = {
        agency: share for change in changes for agency, share in change.get("last_desk_share", {}).items()
    }
    added_desks = {agency: count for change in changes for agency, count in change.get("added_desks", {}).items()}
    shares = agency_shares(point, parameters)
    open_agencies = {agency: _weekly_hours(point, agency, parameters) for agency in shares}
    plans = {}
    for agency, spans in open_agencies.items():
        profile = parameters.agencies[agency]
        seconds = sum(closes - opens for opens, closes in spans.values())
        weight = sum(
            sum(share for _, _, share in arrival_spans(profile, weekday, span)) for weekday, span in spans.items()
        )
        weekly = visits_now * shares[agency] / WEEKS_PER_MONTH
        if not seconds or not weight:
            continue
        # Desks are planned for the customers expected before anything was changed by design.
        planned = visits * shares[agency] / WEEKS_PER_MONTH
        load = planned * (1 + parameters["multi_matter_share"]) * profile.mean_desk_seconds / seconds
        desks = scenario.desks.get(point.service_point_id, {}).get(
            agency, max(1, ceil(load / parameters["target_utilisation"]))
        )
        plans[agency] = QueuePlan(
            agency=agency,
            profile=profile,
            desks=desks + added_desks.get(agency, 0),
            last_desk_share=last_desk_shares.get(agency, 1.0) if desks > 1 else 1.0,
            weekly_walk_ins=weekly * (1 - profile.booked_share),
            weekly_booked=weekly * profile.booked_share,
            weekly_arrival_weight=weight,
            weekly_open_seconds=seconds,
        )
    return plans


def agency_shares(point: Point, parameters: Parameters) -> dict[str, float]:
    """Share of a point's visits by agency: the municipality's, and the rest by the agencies' national volumes."""
    state = {agency: parameters.agencies[agency].visits_per_year for agency in point.agencies if agency != "kunta"}
    rest = 1 - parameters["municipal_share"] if "kunta" in point.agencies else 1.0
    shares = {agency: rest * visits / sum(state.values()) for agency, visits in state.items()}
    return shares | ({"kunta": parameters["municipal_share"]} if "kunta" in point.agencies else {})


def agency_opening(point: Point, agency: str, parameters: Parameters, day: date) -> Span | None:
    """When an agency serves at the point: its own hours within the point's."""
    return _within(point.opening(day), agency, point.size_class, day.isoweekday(), parameters)


def arrival_spans(profile: AgencyProfile, weekday: int, span: Span) -> list[tuple[int, int, float]]:
    """The half hours of *span* with their share of the week; without a known pattern, evenly by time."""
    if not profile.arrivals:
        return [(*span, float(span[1] - span[0]))]
    found = []
    for start, end, share in profile.arrivals.get(weekday, ()):
        opens, closes = max(start, span[0]), min(end, span[1])
        if closes > opens:
            found.append((opens, closes, share * (closes - opens) / (end - start)))
    return found


def _weekly_hours(point: Point, agency: str, parameters: Parameters) -> dict[int, Span]:
    spans = {
        weekday: _within(span, agency, point.size_class, weekday, parameters) for weekday, span in point.hours.items()
    }
    return {weekday: span for weekday, span in spans.items() if span is not None}


def _within(opening: Span | None, agency: str, size_class: str, weekday: int, parameters: Parameters) -> Span | None:
    profile = parameters.agencies[agency]
    if opening is None or not profile.arrivals:
        return opening
    pattern = profile.arrivals.get(weekday)
    known = "S" if size_class == "XS" else size_class
    own = profile.hours.get((known, weekday), (pattern[0][0], pattern[-1][1]) if pattern else None)
    if own is None:
        return None
    span = max(opening[0], own[0]), min(opening[1], own[1])
    return span if span[1] > span[0] else None
