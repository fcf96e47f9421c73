"""The value of every metric at every level, straight from its observations: no sums of sums."""

import pandas as pd
from survival import quantile

QUANTILES = {"queue_time_p90": 0.9}
PER = {"incidents_per_1000_visits": 1000, "answers_per_100_visits": 100}
SECONDS_IN_UNIT = {
    "first_slot_lead_time": 3600,
    "third_slot_lead_time": 3600,
    "first_slot_lead_time_days": 86400,
    "third_slot_lead_time_days": 86400,
    "incident_resolution_median": 3600,
}


def figures(observations, places):
    """DataFrame of metric_id, level, level_id, collection_mode, value, numerator, denominator, is_beyond_range."""
    frame = pd.DataFrame(observations)
    parts = []
    for name, level_ids in levels_of(frame, places).items():
        at_level = frame.assign(level=name, level_id=level_ids)
        parts.append(at_level[at_level["level_id"].notna()])
    rows = []
    for key, group in pd.concat(parts).groupby(["metric", "level", "level_id", "mode"], sort=True):
        rows.append((*key, *value_of(key[0], group)))
    names = ["metric_id", "level", "level_id", "collection_mode", "value", "numerator", "denominator"]
    names.append("is_beyond_range")
    return pd.DataFrame(rows, columns=names)


def value_of(metric, group):
    """Value, numerator, denominator, and whether the value is only what the quantile is more than."""
    numerator = group["numerator"].sum()
    denominator = group["denominator"].sum() if group["denominator"].notna().any() else None
    if group["seconds"].notna().any():
        share = QUANTILES.get(metric, 0.5)
        seconds = quantile(group["seconds"].tolist(), (group["numerator"] > 0).tolist(), share)
        value = (group["seconds"].max() if seconds is None else seconds) / SECONDS_IN_UNIT.get(metric, 60)
        return value, numerator, denominator, seconds is None
    if metric == "offered_service_hours":
        weeks = pd.Timestamp(group["day"].iloc[0]).days_in_month / 7
        return numerator / weeks, numerator, None, False
    if denominator is None:
        return numerator, numerator, None, False
    return (PER.get(metric, 1) * numerator / denominator if denominator else None), numerator, denominator, False


def places_of_rows(frame, places, column):
    found = []
    for point, day in zip(frame["point"], frame["day"], strict=True):
        row = places.point_on(point, day) if isinstance(point, str) else None
        found.append(row[column] if row else None)
    return found


def teams_of_rows(frame, places):
    pairs = zip(frame["point"], frame["day"], strict=True)
    return [places.team_on(point, day) if isinstance(point, str) else None for point, day in pairs]


def levels_of(frame, places):
    """By level the id that each observation has there; None where it has none."""
    point, agency = frame["point"], frame["agency"]
    return {
        "service_point": point,
        "team_area": teams_of_rows(frame, places),
        "region": places_of_rows(frame, places, "region_code"),
        "size_class": places_of_rows(frame, places, "size_class"),
        "agency": agency.where(agency != "not_attributable"),
        "point_agency": (point + "/" + agency).where(point.notna() & (agency != "not_attributable")),
        "national": "national",
    }
