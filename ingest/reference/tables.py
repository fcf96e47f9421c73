"""The reference files: which columns each has, what may stand in them, and how they refer to each other."""

from functools import cache

import orjson

from ingest import contracts
from ingest.reference.columns import Column, Ordered, Table

CODE = r"[a-z0-9][a-z0-9_.-]{0,63}"
NAMES = (Column("name_fi"), Column("name_sv"), Column("name_en"))
LABELS = (Column("label_fi"), Column("label_sv"), Column("label_en"))
VALID = (Column("valid_from", "date"), Column("valid_to", "date", required=False))
VALID_ORDER: Ordered = ("valid_from", "<", "valid_to")
HOURS_ORDER: Ordered = ("opens_at", "<", "closes_at")
# Code lists that have aliases, and the file whose first column has their codes.
ALIASED = {"agency": "agencies.csv", "service": "services.csv"}
POINT = Column("service_point_id", refers_to="service_points.csv")
SIZE_CLASSES = ("L", "M", "S", "XS")
ROLES = ("source_owner", "coordinator", "national_team", "vendor")


@cache
def tables() -> tuple[Table, ...]:
    """All reference tables, in an order in which a file comes after those it refers to."""
    return (
        Table("regions.csv", "region", (Column("region_code"), *NAMES, *VALID), ("region_code",), (VALID_ORDER,)),
        Table(
            "service_points.csv",
            "service_point",
            (
                Column("service_point_id", pattern=r"[a-z0-9][a-z0-9_-]{0,63}"),
                *NAMES,
                Column("size_class", codes=SIZE_CLASSES),
                Column("region_code", refers_to="regions.csv"),
                Column("municipality_code", required=False, pattern=r"[0-9]{3}"),
                Column("majority_language", required=False, codes=("fi", "sv", "se", "en")),
                Column("host", required=False),
                *VALID,
            ),
            ("service_point_id",),
            (VALID_ORDER,),
            required=True,
        ),
        Table(
            "agencies.csv",
            "agency",
            (
                Column("agency_code", pattern=CODE),
                *NAMES,
                Column("successor_code", required=False, refers_to="agencies.csv"),
                *VALID,
            ),
            ("agency_code",),
            (VALID_ORDER,),
        ),
        Table(
            "presence.csv",
            "presence",
            (POINT, Column("agency_code", refers_to="agencies.csv"), *VALID),
            ("service_point_id", "agency_code"),
            (VALID_ORDER,),
        ),
        Table(
            "teams.csv",
            "team",
            (Column("team_id", pattern=CODE), *NAMES, POINT, *VALID),
            ("service_point_id",),  # a point has one team at a time
            (VALID_ORDER,),
        ),
        *_opening_tables(),
        *_source_tables(),
        *_question_tables(),
        *_code_tables(),
        Table(
            "targets.csv",
            "target",
            (
                Column("metric_id", pattern=CODE),
                Column("service_point_id", required=False, refers_to="service_points.csv"),
                Column("size_class", required=False, codes=SIZE_CLASSES),
                Column("parameter", pattern=CODE),
                Column("value", "number", required=False),
                Column("status", codes=("not_set", "indicative_baseline", "agreed")),
                *VALID,
            ),
            ("metric_id", "service_point_id", "size_class", "parameter"),
            (VALID_ORDER,),
        ),
        Table("holidays.csv", "holiday", (Column("holiday_date", "date"), *NAMES), ("holiday_date",)),
    )


def _opening_tables() -> tuple[Table, ...]:
    return (
        Table(
            "opening_hours.csv",
            "opening_hours",
            (
                POINT,
                Column("weekday", "integer", minimum=1, maximum=7),
                Column("opens_at", "time"),
                Column("closes_at", "time"),
                *VALID,
            ),
            ("service_point_id", "weekday"),
            (VALID_ORDER, HOURS_ORDER),
            hours=True,
        ),
        Table(
            "opening_exceptions.csv",
            "opening_exception",
            (
                POINT,
                Column("exception_date", "date"),
                Column("opens_at", "time", required=False),
                Column("closes_at", "time", required=False),
                Column("reason"),
            ),
            ("service_point_id", "exception_date"),
            (HOURS_ORDER,),
            hours=True,
        ),
        Table(
            "stops.csv",
            "stop",
            (
                Column("stop_id", pattern=CODE),
                POINT,
                *NAMES,
                Column("municipality_code", required=False, pattern=r"[0-9]{3}"),
                Column("weekday", "integer", minimum=1, maximum=7),
                Column("opens_at", "time"),
                Column("closes_at", "time"),
                *VALID,
            ),
            ("service_point_id", "weekday"),  # a bus is at one stop at a time
            (VALID_ORDER, HOURS_ORDER),
            hours=True,
        ),
    )


def _source_tables() -> tuple[Table, ...]:
    return (
        Table(
            "devices.csv",
            "device",
            (
                Column("device_id", pattern=CODE),
                POINT,
                Column("device_kind", pattern=CODE),
                Column("placement", required=False, pattern=CODE),
                *VALID,
            ),
            ("device_id",),
            (VALID_ORDER,),
        ),
        Table(
            "sources.csv",
            "source",
            (
                Column("source", pattern=r"/[A-Za-z0-9_./-]{1,199}"),
                Column("family", codes=_families()),
                Column("collection_mode", required=False, codes=_feedback_modes()),
                Column("service_point_id", required=False, refers_to="service_points.csv"),
                Column("owner"),
                Column("cadence", codes=("continuous", "daily", "monthly", "wave")),
                *VALID,
            ),
            ("source",),
            (VALID_ORDER,),
        ),
        Table(
            "clock_corrections.csv",
            "clock_correction",
            (
                Column("source", pattern=r"/[A-Za-z0-9_./-]{1,199}"),
                Column("shift_seconds", "integer"),
                Column("reason"),
                Column("decided_by", codes=ROLES),
                Column("decided_on", "date"),
                *VALID,
            ),
            ("source",),
            (VALID_ORDER,),
        ),
        Table(
            "waves.csv",
            "wave",
            (
                Column("wave_id", pattern=CODE),
                Column("population", codes=("customers", "wider_sample", "staff")),
                Column("starts_on", "date"),
                Column("ends_on", "date"),
                Column("invited_count", "integer", required=False, minimum=0),
                Column("sample_size", "integer", required=False, minimum=0),
            ),
            ("wave_id",),
            (("starts_on", "<=", "ends_on"),),
        ),
    )


def _question_tables() -> tuple[Table, ...]:
    texts = (Column("text_fi"), Column("text_sv"), Column("text_en"))
    return (
        Table(
            "scale_values.csv",
            "scale_value",
            (
                Column("scale_code", pattern=CODE),
                Column("raw_value", pattern=r"[A-Za-z0-9_.-]{1,32}"),
                Column("score", "number", required=False, minimum=1, maximum=5),
                *LABELS,
            ),
            ("scale_code", "raw_value"),
        ),
        Table(
            "questions.csv",
            "question",
            (
                Column("question_code", pattern=CODE),
                Column("question_version", "integer", minimum=1),
                Column("scale_code", refers_to="scale_values.csv"),
                *texts,
                *VALID,
            ),
            ("question_code", "question_version", "scale_code"),
            (VALID_ORDER,),
        ),
    )


def _code_tables() -> tuple[Table, ...]:
    return (
        Table(
            "services.csv",
            "service",
            (
                Column("service_code", pattern=CODE),
                Column("agency_code", refers_to="agencies.csv"),
                *NAMES,
                *VALID,
            ),
            ("service_code",),
            (VALID_ORDER,),
        ),
        Table(
            "aliases.csv",
            "alias",
            (
                Column("code_list", codes=tuple(ALIASED)),
                Column("alias"),
                Column("code", pattern=CODE),
                Column("used_by", required=False),
                *VALID,
            ),
            ("code_list", "alias"),
            (VALID_ORDER,),
        ),
        Table(
            "code_labels.csv",
            "code_label",
            (Column("code_list", pattern=CODE), Column("code", pattern=CODE), *LABELS),
            ("code_list", "code"),
        ),
    )


def _families() -> tuple[str, ...]:
    return tuple(sorted(folder.name for folder in contracts.FOLDER.iterdir() if folder.is_dir()))


def _feedback_modes() -> tuple[str, ...]:
    payload = orjson.loads((contracts.FOLDER / "feedback" / "given.v1.json").read_bytes())
    return tuple(payload["properties"]["mode"]["enum"])
