"""Accepted events: each once, of a known type, at a possible time, about a known point, without personal data."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import WARNING, check, no_rows
from infra.settings import ROOT

EVENT_TYPES = sorted(
    {f"{path.parent.name}.{path.name.split('.')[0]}" for path in (ROOT / "ingest" / "contracts").glob("*/*.v*.json")}
)

BATCH = """
select
    event_key, event_type, source, service_point_id, time_precision, is_future, occurred_at, received_at,
    data::text as payload
from landing.event
where
    received_at >= current_setting('pulssi.first_instant')::timestamptz
    and received_at < current_setting('pulssi.cutoff')::timestamptz
"""

# A second look, apart from the scrubber's rules. No braces: the query would take them for fields.
PERSONAL_DATA = "|".join(
    (
        r"\m(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d[-+A-FU-Y]\d\d\d[0-9A-FHJ-NPR-Y]\M",  # identity code
        r"[\w.+-]+@[\w-]+\.\w+",  # e-mail
        r"\mFI\d\d[ ]?\d\d\d\d[ ]?\d\d\d\d",  # IBAN
        r"(\+358[ -]?\d\d?|\m0(4\d|50))[ -]?\d\d\d[ -]?\d\d\d\d?\d?\M",  # mobile phone; no date, no key
    )
)

SUITE = gx.ExpectationSuite(
    "landing.events",
    expectations=[
        check(
            gxe.ExpectTableRowCountToBeBetween,
            min_value=1,
            name="events_were_received",
            says="something was received for the month",
            action="nothing to build: has pulssi load run, and is the month or the cutoff right?",
        ),
        no_rows(
            "select event_key, count(*) as row_count from {batch} group by 1 having count(*) > 1",
            name="no_event_twice",
            says="each event is stored once",
            action=(
                "do not build, counts would be too high: the loader stored an event twice; keep the rows and report it"
            ),
        ),
        check(
            gxe.ExpectColumnValuesToBeInSet,
            column="event_type",
            value_set=EVENT_TYPES,
            name="event_type_is_known",
            says="each event is of a type that has a contract",
            action=(
                "this installation is older than the loader that stored these: install the same version everywhere"
            ),
        ),
        no_rows(
            """
            select event_key, source, event_type, occurred_at, received_at
            from {batch}
            where
                occurred_at > received_at + interval '24 hours'
                and (time_precision <> 'day' or occurred_at > received_at + interval '48 hours')
            """,
            name="no_event_from_the_future",
            says="nothing happened more than 24 hours after it was received",
            action=("the loader should have rejected these: report it; ask the owner of the source to set its clock"),
        ),
        no_rows(
            """
            select source, count(*) filter (where is_future) as future_count, count(*) as event_count
            from {batch}
            group by 1 having count(*) filter (where is_future) > 0.01 * count(*)
            """,
            name="clocks_are_right",
            says="at most 1 % of the events of a source are ahead of their receipt",
            action="ask the owner of the source to set its clock; its waits may be wrong",
            severity=WARNING,
        ),
        no_rows(
            """
            select source, count(*) as late_count
            from {batch}
            where received_at > occurred_at + interval '7 days'
            group by 1
            """,
            name="events_arrive_within_a_week",
            says="events arrive within seven days",
            action=(
                "nothing, if the source was known to be cut off; else ask its owner why: later ones miss the release"
            ),
            severity=WARNING,
        ),
        no_rows(
            f"""
            select event_key, source, event_type
            from {{batch}}
            where payload ~* '{PERSONAL_DATA}'
            """,
            name="no_personal_data",
            says=(
                "no payload holds what looks like an identity code, an e-mail address, an account or a "
                "mobile phone number"
            ),
            action=(
                "stop and tell the data protection officer; have these payloads scrubbed in landing "
                "before anything is built"
            ),
        ),
        no_rows(
            """
            select service_point_id, count(*) as event_count
            from {batch}
            where
                service_point_id is not null
                and service_point_id not in (select points.service_point_id from reference.service_point as points)
            group by 1
            """,
            name="point_is_registered",
            says="each event is about a point of the reference data",
            action=(
                "the point was removed from service_points.csv: put it back with its valid_to, and "
                "pulssi reference load"
            ),
        ),
    ],
)
