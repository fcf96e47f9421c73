"""On which scales a place's answers were given: numbers of four faces and of five are no numbers of one kind."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

import sqlalchemy

from kpi.metric_catalogue import Metric

# The share of a question's answers that may be on another scale than in what it is compared with.
LARGEST_CHANGE_OF_SCALES = 0.05
# What is made of scores: counts of answers are the same on every scale.
SCORED = ("mean", "ratio")
NOT_TOLD = "unknown"
# How many answers each question got on each scale.
Answered = Mapping[str, Mapping[str, int]]
# By month, level (language is one here) and collection mode: the answers of each place.
Scales = Mapping[tuple[date, str, str], Mapping[str, Answered]]


def read_scales(connection: sqlalchemy.Connection, months: Iterable[date]) -> Scales:
    """The scales of *months* at the levels of the estimates and by language of response."""
    rows = connection.execute(
        sqlalchemy.text("""
            select
                first_day,
                level,
                level_id,
                collection_mode || case population when 'customers' then '' else '_wider_sample' end,
                question_code,
                scale_code,
                sum(answer_count)::integer
            from warehouse.fct_feedback_answers as answers
            inner join unnest(cast(:months as date[])) as months (first_day)
                on opening_date >= first_day and opening_date < first_day + interval '1 month'
            left join warehouse.dim_service_points as points
                on
                    answers.service_point_id = points.service_point_id
                    and opening_date >= points.valid_from
                    and (points.valid_to is null or opening_date < points.valid_to)
            cross join lateral (
                values
                ('service_point', answers.service_point_id),
                ('region', points.region_code),
                ('size_class', points.size_class),
                ('agency', answers.agency_code),
                ('language', answers.language),
                ('national', 'national')
            ) as levels (level, level_id)
            where is_answer and scale_code is not null and level_id is not null
            group by 1, 2, 3, 4, 5, 6
        """),
        {"months": list(months)},
    )
    scales: dict[tuple[date, str, str], dict[str, dict[str, dict[str, int]]]] = {}
    for row in rows:
        month, level, place, mode, question, scale, count = cast(tuple[date, str, str, str, str, str, int], tuple(row))
        places = scales.setdefault((month, level, mode), {})
        places.setdefault(place, {}).setdefault(question, {})[scale] = count
    return scales


def rests_on(metric: Metric) -> bool:
    """Whether the numbers of *metric* are made of answers on scales."""
    return (metric.source_family, metric.interval) == ("feedback", "persons") and metric.statistic in SCORED


def of_others(places: Mapping[str, Answered], place: str) -> Answered:
    """The answers of all *places* but one, and but those of an unknown language, as one."""
    found: dict[str, Counter[str]] = {}
    for other, answered in places.items():
        if other not in (place, NOT_TOLD):
            for question, counts in answered.items():
                found.setdefault(question, Counter()).update(counts)
    return found


def differ(first: Answered, second: Answered) -> bool:
    """Whether a question that both were asked was answered on other scales."""
    return any(
        _share_elsewhere(first[question], second[question]) > LARGEST_CHANGE_OF_SCALES
        for question in first.keys() & second.keys()
    )


def _share_elsewhere(first: Mapping[str, int], second: Mapping[str, int]) -> float:
    """The share of answers that would have to move to another scale for both to be alike (total variation)."""
    totals = sum(first.values()), sum(second.values())
    return sum(max(first.get(scale, 0) / totals[0] - second.get(scale, 0) / totals[1], 0.0) for scale in first)
