"""Reference data: what the models join to is there, and the sources that should deliver have delivered."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import WARNING, check, no_rows

BATCH = """
select
    points.service_point_id,
    points.service_point_id in (select service_point_id from reference.opening_hours) as has_opening_hours,
    points.service_point_id in (select service_point_id from reference.presence) as has_agency,
    points.region_code in (select region_code from reference.region) as has_region
from reference.service_point as points
where
    points.valid_from < current_setting('pulssi.month')::date + interval '1 month'
    and (points.valid_to is null or points.valid_to > current_setting('pulssi.month')::date)
"""

SUITE = gx.ExpectationSuite(
    "landing.reference",
    expectations=[
        check(
            gxe.ExpectTableRowCountToBeBetween,
            min_value=1,
            name="points_are_registered",
            says="at least one service point is valid in the month",
            action="run pulssi reference load FOLDER; is the month right?",
        ),
        no_rows(
            "select service_point_id from {batch} where not has_region",
            name="point_has_its_region",
            says="each point's region is in the reference data",
            action=(
                "add the region to regions.csv, or correct region_code in service_points.csv; pulssi reference load"
            ),
        ),
        no_rows(
            "select service_point_id from {batch} where not has_agency",
            name="point_has_an_agency",
            says="each point has an agency present",
            action="add the agencies of these points to presence.csv, and pulssi reference load",
            severity=WARNING,
        ),
        no_rows(
            "select service_point_id from {batch} where not has_opening_hours",
            name="point_has_opening_hours",
            says="each point has opening hours",
            action="add them to opening_hours.csv: the completeness of these points is unknown until then",
            severity=WARNING,
        ),
        no_rows(
            """
            select sources.source, sources.owner, sources.service_point_id
            from reference.source as sources
            where
                sources.cadence in ('continuous', 'daily')
                and sources.valid_from < current_setting('pulssi.month')::date + interval '1 month'
                and (sources.valid_to is null or sources.valid_to > current_setting('pulssi.month')::date)
                and exists (select from {batch})
                and not exists (
                    select from landing.event as events
                    where
                        events.source = sources.source
                        and events.received_at >= current_setting('pulssi.month')::date
                        and events.received_at < current_setting('pulssi.cutoff')::timestamptz
                )
            """,
            name="every_source_delivered",
            says="each source that should deliver every day delivered something in the month",
            action="ask the owner of the source; its point's report will say that nothing was delivered",
            severity=WARNING,
        ),
    ],
)
