"""Answer sheets as they were received: the day of the visit that they name is one that can be."""

import great_expectations as gx
import yaml

from expectations.checks import WARNING, no_rows
from infra.settings import ROOT

PROJECT = yaml.safe_load((ROOT / "dbt" / "dbt_project.yml").read_text(encoding="utf-8"))
LONGEST_DAYS_TO_ANSWER = PROJECT["vars"]["longest_days_to_answer"]

# As they were received, but for what a correction or a rule for the source's clock has changed.
BATCH = f"""
select *, answered_on - visited_on between 0 and {LONGEST_DAYS_TO_ANSWER} as is_dated_by_visit
from (
    select
        event_key, source, known_at, data, (data ->> 'visited_on')::date as visited_on,
        (case
            when time_precision = 'day' then occurred_at at time zone 'UTC' + make_interval(mins => utc_offset_minutes)
            else occurred_at at time zone current_setting('pulssi.time_zone')
        end)::date as answered_on
    from (
        select
            events.event_key, events.source, events.time_precision, events.utc_offset_minutes,
            coalesce(changed.data::json, events.data) as data,
            coalesce(changed.occurred_at, events.occurred_at) as occurred_at,
            coalesce(changed.known_at, events.received_at) as known_at
        from landing.event as events
        left join (
            select * from warehouse.stg_landing__events_judged
            where disposition = 'withdrawn' or is_amended or is_time_corrected
        ) as changed using (event_key)
        where
            events.event_type = 'feedback.given'
            and events.received_at >= current_setting('pulssi.read_from')::timestamptz
            and events.received_at < current_setting('pulssi.cutoff')::timestamptz
            and changed.disposition is distinct from 'withdrawn'
    ) as events
) as sheets
"""

SUITE = gx.ExpectationSuite(
    "marts.answer_sheets",
    expectations=[
        no_rows(
            """
            select source, count(*) filter (where not is_dated_by_visit) as doubtful_count, count(*) as sheet_count
            from {batch}
            where visited_on is not null
            group by 1 having count(*) filter (where not is_dated_by_visit) > 0.01 * count(*)
            """,
            name="visits_are_dated_before_their_answers",
            says=(
                "at most 1 % of the visits that a source dates are after their answers, "
                f"or more than {LONGEST_DAYS_TO_ANSWER} days before them"
            ),
            action="ask the owner of the source what it sends as visited_on: such answers count on their own day",
            severity=WARNING,
        ),
    ],
)
