"""Explains to the owner of a source why events were set aside, what that costs and what to do, in fi, sv and en."""

import functools
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql

from infra.errors import ActionNeeded
from ingest.dead_letters.rows import Selection
from ingest.events import UNREADABLE

FILE = Path(__file__).with_name("reasons.yml")
LANGUAGES = ("fi", "sv", "en")
PLACES_SHOWN = 10

# What a person would call the event; a point is told by its newest name, else the source stands for it.
_COST = """
with

named as (

    select distinct on (service_point_id)
        service_point_id, name_fi, name_sv, name_en
    from reference.service_point
    order by service_point_id, valid_from desc

),

placed as (

    select distinct on (source)
        source, service_point_id
    from reference.source
    order by source, valid_from desc

)

select
    case
        when dead_letter.event_type is null then 'message'
        when dead_letter.event_type ~ '^(fi[.]pulssi[.])?feedback[.]given' and dead_letter.source ~ '/devices/'
            then 'press'
        else split_part(regexp_replace(dead_letter.event_type, '^fi[.]pulssi[.]', ''), '.', 1)
    end as unit,
    coalesce(of_event.{name}, of_source.{name}) as name,
    case when coalesce(of_event.service_point_id, of_source.service_point_id) is null then dead_letter.source end
        as source,
    count(*) as event_count
from (select event_type, source, service_point_id, outcome from ops.dead_letter where {condition}) as dead_letter
left join named as of_event on of_event.service_point_id = dead_letter.service_point_id
left join placed on placed.source = dead_letter.source
left join named as of_source on of_source.service_point_id = placed.service_point_id
where dead_letter.outcome is null
group by 1, 2, 3
order by 4 desc, 1, 2, 3
"""


@functools.cache
def texts() -> dict[str, Any]:
    """The texts of reasons.yml."""
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def explain(
    connection: psycopg.Connection, reason: str, language: str, source: str | None = None, detail: str | None = None
) -> list[str]:
    """Lines that explain *reason*, with what it costs: of *source*, or of all. *detail* names the field."""
    if reason not in texts()["reasons"]:
        raise ActionNeeded(f"there is no reason {reason!r}: give one of {', '.join(texts()['reasons'])}")
    text, words = texts()["reasons"][reason][language], texts()["languages"][language]
    labels = words["labels"]
    selection = Selection(source=source, reason=reason)
    return [
        text["title"],
        "",
        *cost(_rows(connection, selection, language), text.get("cost", words["cost"]), words),
        "",
        f"{labels['what']}: {text['what']}",
        f"{labels['do']}: {text['do']}",
        *([f"{labels['detail']}: {detail}"] if detail else []),
    ]


def cost_of(connection: psycopg.Connection, selection: Selection, language: str) -> list[str]:
    """What the dead letters chosen cost that no replay has let in, whatever their reasons."""
    words = texts()["languages"][language]
    rows = _rows(connection, selection, language)
    return cost(rows, words["cost"], words) if rows else []


def cost(
    rows: list[tuple[str, str | None, str | None, int]], sentence: dict[str, str], words: dict[str, Any]
) -> list[str]:
    """One sentence a kind of event and place, the dearest first; the places after the tenth together."""
    if not rows:
        return [str(words["none"])]
    lines = []
    for unit, name, source, count in rows[:PLACES_SHOWN]:
        form = "one" if count == 1 else "other"
        unit_text = words["units"].get(unit, words["units"]["event"])[form]
        what = f"{_number(count, words)} {unit_text} {_place(name, source, words)}"
        lines.append(sentence[form].format(what=what))
    if remaining := sum(row[3] for row in rows[PLACES_SHOWN:]):
        lines.append(words["elsewhere"].format(count=_number(remaining, words)))
    return lines


def _rows(connection: psycopg.Connection, selection: Selection, language: str) -> list[Any]:
    condition, parameters = selection.where()
    query = sql.SQL(_COST).format(name=sql.Identifier(f"name_{language}"), condition=condition)
    return connection.execute(query, parameters).fetchall()


def _place(name: str | None, source: str | None, words: dict[str, Any]) -> str:
    """Where, as it stands in a sentence: languages that inflect the name do it by its ending."""
    if name is None:
        return str(words["from_unknown"] if source == UNREADABLE else words["from"].format(source=source))
    for ending, inflected in words["at_endings"].items():
        if name.endswith(f" {ending}"):
            return name.removesuffix(ending) + str(inflected)
    return str(words["at"].format(name=name))


def _number(count: int, words: dict[str, Any]) -> str:
    return f"{count:,}".replace(",", words["thousands"])
