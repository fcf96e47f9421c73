"""Which months a build of all that arrived makes: none twice for the same rows, none that has not begun."""

from datetime import date, datetime

import hand_made_landing
import pytest

from infra import database
from infra.months import Month
from kpi import builds, definitions, touched_months

pytestmark = pytest.mark.services


def test_a_month_that_has_not_begun_is_built_when_it_has(make_deployment):
    settings, _environment = make_deployment()
    booking = {"source": "/agencies/kela/booking", "booking_key": "ahead", "agency": "kela"}
    slot = "2098-03-02T09:00:00+02:00"
    made = hand_made_landing.event("booking.created", "booked", "2098-01-15T12:00:00+02:00", slot_start=slot, **booking)
    fast = hand_made_landing.answer("days", "2111-01-01T12:00:00+02:00", received_at="2098-01-16T12:00:00+02:00")
    hand_made_landing.write(settings, [made, fast])
    with database.connect(settings) as connection:
        assert months_due(settings, connection) == ["2098-01"]
        ahead = touched_months.due(settings, connection).not_begun
        assert [str(month) for month in ahead] == ["2098-03", "2111-01"]
        add_build(connection, "2098-01-01")
        later = hand_made_landing.answer("days", "2098-04-01T12:00:00+03:00")
        connection.execute("select landing.create_month('2098-04-15')")
        hand_made_landing.add(connection, "landing.event", **later | {"stored_at": datetime.now().astimezone()})

        assert months_due(settings, connection) == ["2098-03", "2098-04"]


def test_what_was_looked_at_is_not_looked_at_again_and_what_came_since_is(make_deployment):
    settings, _environment = make_deployment()
    seen, unseen = (hand_made_landing.answer("days", f"2026-{month}-07 12:00:00") for month in ("08", "09"))
    hand_made_landing.write(settings, [])
    with database.connect(settings) as connection:
        add_build(connection, "2026-08-01")
        add_build(connection, "2026-09-01")
        hand_made_landing.add(connection, "landing.event", **seen | {"stored_at": datetime.now().astimezone()})
        assert months_due(settings, connection) == ["2026-08"]
        builds.record_check(settings, datetime.now().astimezone())
        hand_made_landing.add(connection, "landing.event", **unseen | {"stored_at": datetime.now().astimezone()})

        assert months_due(settings, connection) == ["2026-09"]


def months_due(settings, connection):
    return [str(month) for month in touched_months.due(settings, connection).reasons]


def add_build(connection, month):
    """A build of the month that ended now, of all that had arrived."""
    digests = touched_months.reference_digests(connection, [Month(date.fromisoformat(month))])
    hand_made_landing.add(
        connection,
        "ops.build",
        month=month,
        stage="metrics",
        cutoff=datetime.now().astimezone(),
        built_at=datetime.now().astimezone(),
        landed_before=datetime.now().astimezone(),
        is_open=True,
        reference_digest="",
        month_reference_digest=digests[Month(date.fromisoformat(month))],
        definitions_digest=definitions.digest(touched_months.DBT_PROJECT),
    )
