"""Answers by day: scores on the scale 1-5, and few raw values that are on no scale."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import WARNING, check, no_rows

BATCH = """
select * from warehouse.fct_feedback_answers
where
    opening_date >= current_setting('pulssi.month_before')::date
    and opening_date < current_setting('pulssi.next_month')::date
"""

SUITE = gx.ExpectationSuite(
    "marts.answers",
    expectations=[
        check(
            gxe.ExpectColumnValuesToBeBetween,
            column="score",
            min_value=1,
            max_value=5,
            name="score_is_on_the_scale",
            says="a score is from 1 to 5",
            action="correct the score in scale_values.csv, pulssi reference load, build again",
        ),
        check(
            gxe.ExpectColumnValuesToBeBetween,
            column="answer_count",
            min_value=1,
            name="answers_are_counted",
            says="each row counts at least one answer",
            action="mend fct_feedback_answers, build again",
        ),
        no_rows(
            "select collection_mode, scale_code, raw_value from {batch} where score is not null and not is_answer",
            name="only_answers_have_a_score",
            says="what is no answer has no score",
            action="mend int_feedback_answers_scored, build again",
        ),
        no_rows(
            """
            select
                collection_mode, question_code, scale_code,
                sum(answer_count) filter (where not is_answer) as no_answer_count, sum(answer_count) as answer_count
            from {batch}
            where opening_date >= current_setting('pulssi.month')::date
            group by 1, 2, 3 having sum(answer_count) filter (where not is_answer) > 0.2 * sum(answer_count)
            """,
            name="raw_values_are_on_the_scale",
            says="at most 20 % of the raw values of a question are on no scale",
            action=(
                "if these values are answers, add them to scale_values.csv and pulssi reference load; else nothing"
            ),
            severity=WARNING,
        ),
    ],
)
