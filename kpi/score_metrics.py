"""How far the published numbers are from the truth, by metric and by service point."""

from dataclasses import asdict

import pandas as pd

from kpi.published import Release

KEY = ["period", "level", "level_id", "metric_id", "collection_mode"]
COUNTS = ("compared", "not_published", "intervals")
PUBLISHED = ["value", "lower_bound", "upper_bound", "observation_count", "observation_status", "status_reason"]


def compared(release: Release, truth: pd.DataFrame) -> pd.DataFrame:
    """One row per cell of the truth or the release, with both, their differences and whether the interval covers.

    *true_value* is expected, *realised_value* is what happened in the simulated run; either may lack a cell.
    """
    published = pd.DataFrame([asdict(row) for row in release.observations])[[*KEY, *PUBLISHED]]
    published = published.astype({"period": str, "value": float, "lower_bound": float, "upper_bound": float})
    cells = truth.merge(published, how="outer", on=KEY, sort=True)
    covers = (cells["lower_bound"] <= cells["true_value"]) & (cells["true_value"] <= cells["upper_bound"])
    has_both = cells["upper_bound"].notna() & cells["true_value"].notna()
    return cells.assign(
        difference_from_realised=cells["value"] - cells["realised_value"],
        difference_from_true=cells["value"] - cells["true_value"],
        covers_true=covers.where(has_both).astype("boolean"),
    )


def realised_at_points(truth: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """What happened, by service point, period, and metric with its collection mode."""
    points = truth[truth["level"] == "service_point"]
    metrics = points["metric_id"] + " " + points["collection_mode"]
    return dict(
        zip(zip(points["level_id"], points["period"], metrics, strict=True), points["realised_value"], strict=True)
    )


def by_metric(cells: pd.DataFrame, period: str) -> pd.DataFrame:
    """One row per metric and collection mode, over the service points of *period*."""
    points = cells[(cells["period"] == period) & (cells["level"] == "service_point")]
    return (
        points.groupby(["metric_id", "collection_mode"])
        .apply(_summary)
        .reset_index()
        .astype({**dict.fromkeys(COUNTS, "int64"), "covering_true_share": "float64"})
    )


def _summary(points: pd.DataFrame) -> pd.Series:
    realised, true = points["difference_from_realised"], points["difference_from_true"]
    return pd.Series(
        {
            "compared": int(realised.notna().sum()),
            "not_published": int((points["realised_value"].notna() & points["value"].isna()).sum()),
            "mean_difference": realised.mean(),
            "mean_absolute": realised.abs().mean(),
            "largest": realised.abs().max(),
            "mean_difference_from_true": true.mean(),
            "mean_absolute_from_true": true.abs().mean(),
            "intervals": int(points["covers_true"].notna().sum()),
            "covering_true_share": points["covers_true"].dropna().astype(float).mean(),
        }
    )
