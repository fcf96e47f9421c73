"""The table over seeds: bias, coverage of the intervals, false discoveries and power, each with its own bounds."""

import pandas as pd

from kpi.intervals import wilson

GOAL = (0.93, 0.97)
LEVELS = {"service_point": "points"}  # the others are sums of points: above


def metrics(cells: pd.DataFrame) -> pd.DataFrame:
    """One row per metric, collection mode and place (points, or the levels above) over all seeds.

    Coverage is of the expected value. Its bounds take places and seeds as independent.
    """
    of_place = cells.assign(place=cells["level"].map(LEVELS).fillna("above"))
    key = ["metric_id", "collection_mode", "place"]
    groups = of_place.groupby(key, sort=True)
    table = pd.DataFrame([dict(zip(key, names, strict=True)) | _metric(rows) for names, rows in groups])
    return table[table[["numbers", "not_published", "without_truth"]].any(axis=1)]  # not modes that nobody uses


def changes(judged: pd.DataFrame) -> pd.DataFrame:
    """One row per metric and one for all: how often a change was called where there was none, and found where made."""
    every = [("all", judged), *judged.groupby("metric_id", sort=True)]
    return pd.DataFrame([{"metric_id": name} | _change(rows) for name, rows in every])


def faults(found: pd.DataFrame) -> pd.DataFrame:
    groups = found.groupby("kind", sort=True)["is_as_planted"]
    return groups.agg(as_planted="sum", planted="count").reset_index()


def _metric(rows: pd.DataFrame) -> dict[str, object]:
    realised, true = rows["difference_from_realised"], rows["difference_from_true"]
    covered = rows["covers_true"].dropna().astype(bool)
    lower, upper = _bounds(int(covered.sum()), len(covered))
    return {
        "numbers": int(true.notna().sum()),
        "not_published": int((rows["realised_value"].notna() & rows["value"].isna()).sum()),
        "without_truth": int((rows["value"].notna() & rows["true_value"].isna()).sum()),
        "mean_true": rows["true_value"].mean(),
        "bias_from_realised": realised.mean(),
        "bias_from_true": true.mean(),
        "bias_standard_error": true.std() / max(true.notna().sum(), 1) ** 0.5,
        "mean_absolute_from_realised": realised.abs().mean(),
        "intervals": len(covered),
        "coverage": covered.mean() if len(covered) else None,
        "coverage_lower": lower,
        "coverage_upper": upper,
        "is_coverage_at_goal": None if lower is None or upper is None else lower <= GOAL[1] and upper >= GOAL[0],
    }


def _change(rows: pd.DataFrame) -> dict[str, object]:
    unchanged, designed = rows[rows["is_unchanged"]], rows[rows["is_designed"].astype(bool)]
    false, found = int(rows["is_false"].sum()), int(rows["is_found"].sum())
    false_lower, false_upper = _bounds(false, false + found)
    power_lower, power_upper = _bounds(found, len(designed))
    by_seed = rows.groupby("seed")[["is_false", "is_found"]].sum()
    shares = by_seed["is_false"] / (by_seed["is_false"] + by_seed["is_found"]).clip(lower=1)
    return {
        "tested_unchanged": len(unchanged),
        "called_unchanged": int(unchanged["is_false"].sum()),
        "false_discoveries": false,
        "true_discoveries": found,
        "false_discovery_share": false / (false + found) if false + found else None,
        "false_discovery_lower": false_lower,
        "false_discovery_upper": false_upper,
        "mean_false_discovery_share_of_seeds": shares.mean(),
        "tested_designed": len(designed),
        "power": found / len(designed) if len(designed) else None,
        "power_lower": power_lower,
        "power_upper": power_upper,
    }


def _bounds(successes: int, trials: int) -> tuple[float | None, float | None]:
    return wilson(successes, trials) if trials else (None, None)
