"""An answer belongs to the day of the visit that it is about, and to its own where that day is not known."""

import pytest

pytestmark = pytest.mark.services

ANSWERS = """
    select opening_date::text, raw_value from warehouse.int_feedback_answers_scored
    where service_point_id = %s and collection_mode = %s
"""
VALUES = """
    select numerator, denominator from warehouse.metric_values
    where metric_id = 'satisfaction_mean' and period = %s::date and level = %s and level_id = %s
        and collection_mode = %s and value is not null and period_kind = 'month' and breakdown = 'total'
"""


def test_an_answer_of_an_interview_belongs_to_the_day_of_its_visit(rows):
    found = sorted((row["opening_date"], row["raw_value"]) for row in rows(ANSWERS, "booked", "interview"))

    assert found == [
        # One that was answered 92 days after the visit came when July was final: see the late events.
        ("2026-09-29", "4"),  # received before September was final; an answer of one second later is in no month
        ("2026-10-02", "4"),  # 93 days after the visit that it names: its own day
        ("2026-10-09", "5"),  # answered on 11 October
        ("2026-10-20", "3"),  # names a visit of the next day: its own day
        ("2026-10-22", "2"),  # names no visit: its own day
        ("2026-10-31", "5"),  # answered on 2 November
    ]


def test_a_form_of_day_precision_belongs_to_its_visit_by_the_day_as_the_source_gave_it(rows):
    found = {(row["opening_date"], row["raw_value"]) for row in rows(ANSWERS, "booked", "survey")}

    assert found == {("2026-10-01", "5"), ("2026-10-30", "2")}


@pytest.mark.parametrize(
    ("period", "level", "level_id", "mode", "expected"),
    [
        ("2026-10-01", "service_point", "booked", "interview", (19, 5)),
        ("2026-09-01", "service_point", "booked", "interview", (4, 1)),
        ("2026-09-01", "service_point", "aml_maintained", "interview", (2, 1)),
        ("2026-10-01", "service_point", "booked", "survey", (7, 2)),
        # The agency that ended on 10 October answers for the visit of the 9th, not its successor.
        ("2026-10-01", "agency", "te_office", "interview", (5, 1)),
    ],
)
def test_a_month_has_the_answers_about_its_visits(rows, period, level, level_id, mode, expected):
    found = rows(VALUES, period, level, level_id, mode)

    assert [(row["numerator"], row["denominator"]) for row in found] == [expected]


def test_a_late_answer_is_late_for_the_month_of_its_visit(rows):
    query = "select period::text, event_count from warehouse.fct_late_events where source = %s order by period"

    found = rows(query, "/agencies/kela/interviews")

    assert [tuple(row.values()) for row in found] == [("2026-07-01", 1), ("2026-09-01", 1)]


def test_a_source_has_delivered_in_the_months_of_the_visits_and_not_in_those_of_the_answers(rows):
    found = rows(
        "select source, period::text, event_count, is_delivered from warehouse.fct_source_months"
        " where collection_mode = 'interview' order by source, period"
    )
    (silent,) = rows(
        "select missing_reason from warehouse.metric_values where metric_id = 'satisfaction_mean'"
        " and period_kind = 'month' and breakdown = 'total'"
        " and period = '2026-10-01' and level_id = 'aml_maintained' and collection_mode = 'interview'"
    )

    assert [tuple(row.values()) for row in found] == [
        ("/agencies/kela/interviews", "2026-09-01", 1, True),
        ("/agencies/kela/interviews", "2026-10-01", 5, True),
        ("/agencies/vero/interviews", "2026-09-01", 1, True),
        ("/agencies/vero/interviews", "2026-10-01", 0, False),
    ]
    assert silent == {"missing_reason": "not_delivered"}
