"""Whether the changes that a release calls are those that were made by design."""

import pandas as pd
import psycopg

from kpi.published import Release

KEY = ["level_id", "metric_id", "collection_mode"]
CALLED = ("better", "worse", "changed_up", "changed_down")
COLUMNS = [*KEY, "difference", "q_value", "verdict", "reason", "true_difference", "is_designed", "is_changed_point"]


def changes(
    connection: psycopg.Connection, release: Release, truth: pd.DataFrame, designed: pd.DataFrame
) -> pd.DataFrame:
    """One row per number of a service point that was compared with the month before, beside what was designed.

    *is_changed_point*: something was changed at the point, so that metrics not meant to change may have followed.
    """
    if connection.execute("select to_regclass('publish.change')").fetchone() == (None,):
        return pd.DataFrame(columns=COLUMNS)
    rows = connection.execute(
        """
        select level_id, metric_id, collection_mode, difference::float8, q_value::float8, verdict, reason
        from publish.change
        where release_id = %s and comparison = 'month' and level = 'service_point'
        order by level_id, metric_id, collection_mode
        """,
        (release.release_id,),
    ).fetchall()
    found = pd.DataFrame(rows, columns=COLUMNS[:7])
    with_truth = found.merge(_true_differences(truth, release), how="left", on=KEY)
    of_month = designed[designed["to_period"] == release.month.first_day.isoformat()]
    pairs = set(zip(of_month["service_point_id"], of_month["metric_id"], strict=True))
    of_rows = zip(with_truth["level_id"], with_truth["metric_id"], strict=True)
    return with_truth.assign(
        is_designed=[pair in pairs for pair in of_rows],
        is_changed_point=with_truth["level_id"].isin({point for point, _ in pairs}),
    )


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that were tested, with what each call is worth.

    *is_false*: called at a point where nothing was changed, or designed and called in the wrong direction.
    *is_found*: designed and called in the right direction. Other metrics of a changed point are neither.
    """
    tested = rows[rows["verdict"] != "not_comparable"]
    is_called = tested["verdict"].isin(CALLED)
    is_right = tested["difference"] * tested["true_difference"] > 0
    is_designed = tested["is_designed"].astype(bool)
    is_unchanged = ~tested["is_changed_point"].astype(bool)
    return tested.assign(
        is_unchanged=is_unchanged,
        is_false=is_called & (is_unchanged | (is_designed & ~is_right)),
        is_found=is_called & is_designed & is_right,
    )


def _true_differences(truth: pd.DataFrame, release: Release) -> pd.DataFrame:
    points = truth[truth["level"] == "service_point"].set_index(["period", *KEY])["true_value"]
    months = (release.month.first_day.isoformat(), release.month.previous.first_day.isoformat())
    now, before = (points.xs(month, level="period") if month in points.index else points[:0] for month in months)
    return (now - before).rename("true_difference").reset_index()
