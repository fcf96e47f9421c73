"""The breaker of a source: when most of its events are bad it opens, after a pause it lets some through to try again.

Its clock is the time of receipt, so that a backlog is judged as it would have been live; the machine's clock ends a
pause too, for events whose time of receipt does not move on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.settings import BreakerLimits

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half_open"


@dataclass(slots=True)
class Breaker:
    """One source's. *revision* is that of its row as it was read, None without one."""

    source: str
    window_started_at: datetime
    state: str = CLOSED
    judged_count: int = 0
    bad_count: int = 0
    opened_at: datetime | None = None
    pause_ends_at: datetime | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """What happened to a breaker, as breaker.yml calls it; with the counts that decided it."""

    source: str
    kind: str
    judged_count: int = 0
    bad_count: int = 0
    pause_ends_at: datetime | None = None


def parks(breaker: Breaker, received_at: datetime, now: datetime, limits: BreakerLimits) -> bool:
    """Whether the source's next event is to be parked; when its pause is over, the breaker half-opens."""
    if breaker.state != OPEN:
        return False
    assert breaker.opened_at is not None, "an open breaker knows since when"
    assert breaker.pause_ends_at is not None, "an open breaker knows until when"
    if received_at < breaker.pause_ends_at and now < breaker.opened_at + timedelta(minutes=limits.pause_minutes):
        return True
    half_open(breaker, received_at)
    return False


def half_open(breaker: Breaker, at: datetime) -> None:
    """From now on the events judged are probes."""
    breaker.state, breaker.judged_count, breaker.bad_count = HALF_OPEN, 0, 0
    breaker.window_started_at = at


def count(
    breaker: Breaker, received_at: datetime, is_bad: bool, now: datetime, limits: BreakerLimits
) -> Transition | None:
    """Count an event that was judged; what it changed, if anything."""
    is_over = received_at >= breaker.window_started_at + timedelta(minutes=limits.window_minutes)
    if breaker.state == CLOSED and is_over:
        breaker.window_started_at, breaker.judged_count, breaker.bad_count = received_at, 0, 0
    breaker.judged_count += 1
    breaker.bad_count += is_bad
    enough = limits.probe_count if breaker.state == HALF_OPEN else limits.minimum_count
    if breaker.judged_count < enough:
        return None
    is_too_bad = breaker.bad_count > limits.bad_share * breaker.judged_count
    if breaker.state == CLOSED and not is_too_bad:
        return None
    return _move(breaker, OPEN if is_too_bad else CLOSED, received_at, now, limits)


def _move(breaker: Breaker, state: str, received_at: datetime, now: datetime, limits: BreakerLimits) -> Transition:
    was, judged, bad = breaker.state, breaker.judged_count, breaker.bad_count
    breaker.state, breaker.judged_count, breaker.bad_count = state, 0, 0
    breaker.window_started_at = received_at
    breaker.opened_at = now if state == OPEN else None
    breaker.pause_ends_at = received_at + timedelta(minutes=limits.pause_minutes) if state == OPEN else None
    kind = "again" if (was, state) == (HALF_OPEN, OPEN) else state
    return Transition(breaker.source, kind, judged, bad, breaker.pause_ends_at)
