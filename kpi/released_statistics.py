"""What a release holds beside its numbers: changes, numbers of small points, funnels, equality gaps, targets."""

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import psycopg
from psycopg.rows import class_row

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

AnyRow = TypeVar("AnyRow", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Change:
    """What a number of the month has changed since *compared_period*, in the unit of its metric.

    *comparison* is month or year, *verdict* better, worse, changed_up, changed_down, no_evidence or not_comparable,
    the last with its *reason*. *q_value* is corrected for all tests of its family.
    """

    metric_id: str
    metric_version: int
    level: str
    level_id: str
    collection_mode: str
    comparison: str
    period: date
    compared_period: date
    value: float | None
    compared_value: float | None
    difference: float | None
    lower_bound: float | None
    upper_bound: float | None
    p_value: float | None
    q_value: float | None
    smallest_detectable_change: float | None
    test: str | None
    verdict: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Smoothed:
    """A number of few observations by another *method*: pooled_3_months, pooled_12_months or shrunk.

    *own_value* is the number itself; a shrunk one is drawn towards *peer_value*, that of *peer_group*, a size class.
    """

    metric_id: str
    metric_version: int
    period: date
    level: str
    level_id: str
    collection_mode: str
    method: str
    value: float
    lower_bound: float | None
    upper_bound: float | None
    observation_count: int
    own_value: float | None
    own_observation_count: int | None
    peer_group: str | None
    peer_value: float | None
    own_weight: float | None


@dataclass(frozen=True, slots=True)
class FunnelPosition:
    """Where the number of a service point lies beside the limits of its size class.

    *position* is inside_95, or above or below the limits that chance alone passes in 5 % and in 0.2 % of cases.
    """

    metric_id: str
    metric_version: int
    period: date
    level_id: str
    collection_mode: str
    size_class: str
    value: float
    class_value: float
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float
    position: str


@dataclass(frozen=True, slots=True)
class EqualityGap:
    """How a group of customers differs from all others of the country.

    *dimension* is language, access, size_class or region. *q_value* is corrected for all tests of the dimension;
    without a test there is a *reason*.
    """

    metric_id: str
    metric_version: int
    period: date
    collection_mode: str
    dimension: str
    group_code: str
    value: float | None
    observation_count: int | None
    others_value: float | None
    others_observation_count: int | None
    difference: float | None
    lower_bound: float | None
    upper_bound: float | None
    p_value: float | None
    q_value: float | None
    test: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a number. *verdict* is reached, not_reached or cannot_say, and None where none was agreed."""

    metric_id: str
    metric_version: int
    period: date
    level: str
    level_id: str
    collection_mode: str
    target_status: str
    target_value: float | None
    verdict: str | None
    reason: str | None


def read_rows(connection: psycopg.Connection, release_id: str, table: str, row: type[AnyRow]) -> tuple[AnyRow, ...]:
    """The rows of a release in a table of publish, in the order of the texts and dates that name them."""
    names = [column.name for column in fields(row) if column.type in (str, int, date)]
    with connection.cursor(row_factory=class_row(row)) as cursor:
        return tuple(
            cursor.execute(
                f"select {_columns(row)} from publish.{table} where release_id = %s order by {', '.join(names)}",
                (release_id,),
            )
        )


def _columns(row: type[AnyRow]) -> str:
    """The columns of *row*, its numbers as floating point."""
    return ", ".join(
        f"{column.name}::float8" if column.type in (float, float | None) else column.name for column in fields(row)
    )
