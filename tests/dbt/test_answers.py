"""Bursts of presses, groups of staff and waves in the hand-made October."""

import pytest

pytestmark = pytest.mark.services

VALUE = """
    select * from warehouse.metric_values
    where (period, metric_id, level, level_id, collection_mode) = (%s::date, %s, %s, %s, %s)
    and (period_kind, breakdown) = ('month', 'total')
"""


@pytest.mark.parametrize(("point", "expected"), [("night", (5, 7)), ("flat", (0, 6)), ("rules", (0, 6))])
def test_presses_of_a_burst_are_flagged_where_their_seconds_are_known(rows, point, expected):
    of_point = ("service_point", point, "device")

    (flagged,) = rows(VALUE, "2026-09-01", "flagged_press_share", *of_point)
    (agreed,) = rows(VALUE, "2026-09-01", "satisfaction_mean", *of_point)
    (of_all,) = rows(VALUE, "2026-09-01", "satisfaction_mean_all_presses", *of_point)

    flagged_count, press_count = expected
    assert (flagged["numerator"], flagged["denominator"]) == expected
    assert (agreed["denominator"], of_all["denominator"]) == (press_count - flagged_count, press_count)


def test_a_group_of_staff_that_is_too_small_has_no_figure(rows):
    item = ("agency", "kela", "staff_survey")

    (safe,) = rows(VALUE, "2026-10-01", "staff_safety_physical_mean", *item)

    assert (safe["numerator"], safe["denominator"]) == (44, 10)
    assert rows("select * from warehouse.staff_safety_information_mean") == []


def test_a_count_of_staff_that_is_sent_again_in_another_month_is_counted_once_in_that_of_the_first(rows):
    answers = rows(
        "select opening_date::text, score, answer_count from warehouse.fct_staff_answers where agency_code = 'vero'"
    )
    late = rows(
        "select period::text, event_count from warehouse.fct_late_events"
        " where event_type = 'staff_survey.counted' order by period"
    )

    assert [tuple(row.values()) for row in answers] == [("2026-09-28", 3, 11)]
    assert [tuple(row.values()) for row in late] == [("2026-08-01", 1), ("2026-09-01", 1)]


def test_a_wave_tells_who_was_invited_and_who_answered(rows):
    found = rows("select wave_id, collection_mode, answered_count from warehouse.fct_wave_responses order by 1")

    # Two sheets for each of twelve items and one about a visit before the wave; of the wider sample one for each
    # item of trust, and its two ratings.
    assert [tuple(row.values()) for row in found] == [("w", "survey", 25), ("wider", "survey", 5)]


def test_the_figures_of_a_wave_are_of_all_who_answered_it(rows):
    found = rows(
        "select metric_id, denominator::integer from warehouse.metric_values"
        " where (period_kind, level, breakdown, breakdown_value) = ('wave', 'national', 'wave_id', 'w') order by 1"
    )

    by_metric = {row["metric_id"]: row["denominator"] for row in found}
    assert by_metric["respectful_mean"] == 3
    assert sum(by_metric.values()) == 25


def test_invitations_are_of_the_month_that_they_name(rows):
    found = rows(
        "select agency_code, opening_date::text, invited_count from warehouse.fct_survey_invitations order by 1"
    )

    assert [tuple(row.values()) for row in found] == [
        ("kela", "2026-10-01", 8),
        ("te", "2026-10-01", 0),
        ("vero", "2026-10-01", 1),
    ]


def test_figures_of_staff_are_for_a_role_of_their_own(rows):
    (allowed,) = rows("""
        select
            has_table_privilege('pulssi_staff_survey', 'staff_survey.metric_values', 'select') as they_read_values,
            has_table_privilege('pulssi_staff_survey', 'staff_survey.fct_staff_answers', 'select') as they_read_answers,
            has_schema_privilege('pulssi_staff_survey', 'warehouse', 'usage') as they_read_the_rest,
            has_schema_privilege('pulssi_analyst', 'staff_survey', 'usage') as analysts_read_it,
            to_regclass('analysis.fct_staff_answers') is not null as analysts_see_its_facts
    """)

    assert [name for name, is_true in allowed.items() if is_true] == ["they_read_values", "they_read_answers"]
