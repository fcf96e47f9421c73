"""How many months a count is of: the complaints of a quarter are no change from those of a month."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

import sqlalchemy

from kpi.metric_catalogue import Metric

# By the month that the count stands in: the agencies that counted several months as one, and how many.
LongerCounts = Mapping[date, Mapping[str, int]]


def read_longer_counts(connection: sqlalchemy.Connection, months: Iterable[date]) -> LongerCounts:
    """The reports of complaints in *months* that are of more than one month."""
    rows = connection.execute(
        sqlalchemy.text("""
            select first_day, agency_code, max(period_month_count)
            from warehouse.fct_complaint_reports
            inner join unnest(cast(:months as date[])) as months (first_day)
                on opening_date >= first_day and opening_date < first_day + interval '1 month'
            where period_month_count > 1 and not is_counted_elsewhere
            group by 1, 2
        """),
        {"months": list(months)},
    )
    longer: dict[date, dict[str, int]] = {}
    for row in rows:
        month, agency, count = cast(tuple[date, str, int], tuple(row))
        longer.setdefault(month, {})[agency] = count
    return longer


def differ(longer: LongerCounts, metric: Metric, level: str, level_id: str, months: tuple[date, date]) -> bool:
    """Whether the counts of a place in two months are of other numbers of months; a nation's if an agency's are."""
    if metric.source_family != "complaint":
        return False
    now, before = (longer.get(month, {}) for month in months)
    return now.get(level_id, 1) != before.get(level_id, 1) if level == "agency" else now != before
