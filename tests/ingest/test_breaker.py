"""When a breaker opens, half-opens and closes: by the clock of receipt, and by nothing but its own source."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from infra.settings import BreakerLimits
from ingest.breakers.breaker import Breaker, count, parks
from ingest.breakers.rows import texts

START = datetime(2026, 10, 5, 6, tzinfo=UTC)
LIMITS = BreakerLimits(bad_share=0.5, minimum_count=10, window_minutes=60, pause_minutes=30, probe_count=4)


def run(events, limits=LIMITS, now=START):
    """Feed (minute, is_bad) to a new breaker: for each event what the breaker was then, and what happened."""
    breaker = Breaker("/s", START)
    story = []
    for minute, is_bad in events:
        received_at = START + timedelta(minutes=minute)
        if parks(breaker, received_at, now, limits):
            story.append("parked")
        else:
            moved = count(breaker, received_at, is_bad, now, limits)
            story.append(moved.kind if moved else "judged")
    return story


def test_it_opens_when_more_than_the_limit_of_enough_events_is_bad():
    assert run([(0, True)] * 9) == ["judged"] * 9
    assert run([(0, True)] * 10)[-1] == "open"
    assert run([(0, True)] * 5 + [(0, False)] * 20) == ["judged"] * 25
    assert run([(0, True)] * 6 + [(0, False)] * 4)[-1] == "open"


def test_bad_events_spread_over_windows_do_not_add_up():
    assert "open" not in run([(20 * number, True) for number in range(40)])


def test_after_the_pause_it_lets_probes_through_and_closes_when_they_are_good():
    story = run([(0, True)] * 10 + [(29, False)] * 3 + [(30, False)] * 5)

    assert story[10:] == ["parked"] * 3 + ["judged"] * 3 + ["closed", "judged"]


def test_when_the_probes_are_bad_it_opens_again_and_lets_no_more_through():
    story = run([(0, True)] * 10 + [(30, True)] * 6 + [(59, True), (60, True)])

    assert story[10:] == ["judged"] * 3 + ["again", "parked", "parked", "parked", "judged"]


def test_a_clock_of_receipt_that_stands_still_does_not_keep_it_open_for_ever():
    breaker = Breaker("/s", START)
    for _ in range(10):
        count(breaker, START, True, START, LIMITS)

    assert parks(breaker, START, START + timedelta(minutes=29), LIMITS)
    assert not parks(breaker, START, START + timedelta(minutes=30), LIMITS)


@given(events=some.lists(some.tuples(some.integers(0, 300), some.booleans()), max_size=200))
def test_between_two_trials_no_more_than_the_probes_are_judged(events):
    """However times jump: once open, at most probe_count events are judged before it closes or opens again."""
    judged, is_open = 0, False
    for what in run(events):
        assert is_open or what in ("judged", "open")
        if what in ("open", "again"):
            judged, is_open = 0, True
        elif what == "closed":
            is_open = False
        elif is_open and what == "judged":
            judged += 1
            assert judged < LIMITS.probe_count


def test_a_source_whose_events_are_mostly_good_is_never_stopped():
    assert set(run([(number / 10, number % 3 == 0) for number in range(3000)])) == {"judged"}


@pytest.mark.parametrize("kind", texts())
def test_owners_are_told_in_three_languages_of_what_source(kind):
    assert sorted(texts()[kind]) == ["en", "fi", "sv"]
    assert all("{source}" in text for text in texts()[kind].values())
