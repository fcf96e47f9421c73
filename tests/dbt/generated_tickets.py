"""Tickets of any course that Hypothesis thinks of, each told in several ways that must make no difference.

All variants are tickets of one landing, so
that one build answers for all of them. The key of a ticket says case and variant.
"""

import random
from datetime import timedelta

from hand_made_landing import event
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from timelines import DAY

CASES = 60
# Two events of one case are further apart than a retry and its event, or the order itself would be the question.
RETRY_SECONDS = 4
STEP = st.tuples(
    st.integers(min_value=10, max_value=5000),
    st.sampled_from(
        ["called"] * 4
        + ["service_started"] * 4
        + ["recalled", "service_held", "service_resumed", "transferred", "ticket_issued", "checked_in"]
        + ["back", "completed", "referred", "left", "closed_by_system", "abandoned", "no_show"]
    ),
)
END_STATES = {"back": "returned_to_queue"}
ENDS = ("back", "completed", "referred", "left", "closed_by_system")


def drawn(step, cases, longest):
    """Lists of steps that Hypothesis draws, the same in every run."""
    courses = []

    @settings(max_examples=cases, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(st.lists(step, min_size=1, max_size=longest))
    def draw(steps):
        courses.append(steps)

    draw()
    return courses


def events():
    """Of each case: as it was, in another order and in batches, with retries, beside one that loses an event."""
    for number, steps in enumerate(drawn(STEP, CASES, longest=9)):
        shuffled = random.Random(number)
        yield from rows_of(number, "plain", steps)
        another_order = rows_of(number, "another_order", steps)
        shuffled.shuffle(another_order)
        yield from (
            row | {"received_at": row["received_at"] + timedelta(hours=shuffled.randrange(48))} for row in another_order
        )
        yield from retried(rows_of(number, "retried", steps), shuffled)
        # The same visit twice: complete, and with one event of the first ticket gone.
        for visit, is_complete in (("complete", True), ("one_gone", False)):
            first = rows_of(number, f"first_{visit}", steps, visit_key=f"{visit}_{number}")
            gone = None if is_complete else shuffled.randrange(1, len(first))
            yield from (row for position, row in enumerate(first) if position != gone)
            second = [*steps, (600, "called"), (700, "completed")]
            yield from rows_of(number, f"second_{visit}", second, visit_key=f"{visit}_{number}", days=1)


def rows_of(number, variant, steps, days=0, **fields):
    """The rows of landing of one case."""
    key = {"ticket_key": f"{number}_{variant}"}
    issue = {"queue_code": "a", "agency": "kela", "access": "walk_in", "purpose": "service", **key, **fields}
    at = DAY + timedelta(days=days, hours=8)
    rows = [event("queue.ticket_issued", "generated", at, **issue)]
    for seconds, what in steps:
        at += timedelta(seconds=seconds)
        name = "service_ended" if what in ENDS else what
        payload = issue if what == "ticket_issued" else dict(key)
        payload |= {"end_state": END_STATES.get(what, what)} if what in ENDS else {}
        payload |= {"to_queue_code": "b", "to_agency": "vero"} if what == "transferred" else {}
        rows.append(event(f"queue.{name}", "generated", at, **payload))
    return rows


def retried(rows, shuffled):
    """Some events once more under another id, within the retry time."""
    for row in rows:
        yield row
        if shuffled.random() < 0.5:
            again = {key: value for key, value in row.items() if key not in ("event_key", "event_id")}
            fresh = event(row["event_type"], "generated", row["occurred_at"])
            later = {"occurred_at": row["occurred_at"] + timedelta(seconds=shuffled.randrange(1, RETRY_SECONDS))}
            yield fresh | again | later
