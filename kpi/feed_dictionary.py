"""The data dictionary of a feed: its columns, metrics and codes, from the texts that the release froze."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from kpi.metric_catalogue import LANGUAGES
from kpi.published import Release

CODED_COLUMNS = {
    "AREA_LEVEL": "level",
    "COLLECTION_MODE": "collection_mode",
    "UNIT_MEASURE": "unit",
    "INTERVAL_METHOD": "interval_method",
    "OBS_STATUS": "observation_status",
    "CONF_STATUS": "confidentiality_status",
    "STATUS_REASON": "status_reason",
    "GATE_VERDICT": "gate_verdict",
}
# A number that is not compared for what it lacks itself has the reason of its own row.
CODED_COLUMNS_OF_CHANGES = {
    "COMPARISON": ("comparison",),
    "TEST": ("test",),
    "VERDICT": ("verdict",),
    "VERDICT_REASON": ("change_reason", "status_reason"),
}


def dictionary(release: Release, agency_code: str, columns: Iterable[str]) -> dict[str, Any]:
    """Columns, metrics and code lists of *agency_code*'s feed; a column without a text raises KeyError."""
    columns = list(columns)
    kinds = {column: (kind,) for column, kind in CODED_COLUMNS.items()} | CODED_COLUMNS_OF_CHANGES
    codes = {
        column: [label for kind in kinds[column] for label in release.codes[kind].values()]
        for column in kinds
        if column in columns
    }
    areas = [release.agencies[agency_code], *release.regions.values(), *release.size_classes.values()]
    return {
        "columns": [asdict(release.codes["feed_column"][column]) for column in columns],
        "metrics": [asdict(metric) for metric in release.metrics.values()],
        "codes": {column: list(map(asdict, labels)) for column, labels in {**codes, "REF_AREA": areas}.items()},
    }


def flat(content: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The dictionary as rows for a spreadsheet."""
    for column in content["columns"]:
        yield _flat_row("column", "", column["code"], column)
    for metric in content["metrics"]:
        yield _flat_row("metric", "INDICATOR", metric["metric_id"], metric)
    for column, labels in content["codes"].items():
        for label in labels:
            yield _flat_row("code", column, label["code"], label)


def _flat_row(kind: str, column: str, code: str, label: Mapping[str, Any]) -> dict[str, str]:
    texts = {
        f"{what}_{language}": label[f"{what}s"].get(language, "")
        for what in ("name", "explanation")
        for language in LANGUAGES
    }
    return {"kind": kind, "column": column, "code": code, **texts}
