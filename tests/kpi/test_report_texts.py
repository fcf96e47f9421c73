"""Every text of the reports exists in every language, and numbers are written as the language writes them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from infra.errors import ActionNeeded
from kpi import texts
from kpi.release_labels import code_labels
from kpi.texts import languages, read_catalogue, read_texts

KPI = Path(texts.__file__).parent
SOURCES = [*KPI.glob("report*.py"), KPI / "texts.py", *KPI.glob("templates/*.j2")]
# Ids that code puts together: the first part stands in the source, the rest is a code.
PUT_TOGETHER = (
    "goal.",
    "reason.",
    "status.",
    "verdict.",
    "gate.",
    "column.",
    "guide.",
    "missing.",
    "metric.version.",
    "chart.axis.",
    "change.",
    "equality.",
    "funnel.",
    "smoothed.",
    "target.",
    "unit.",
    "family.",
    "mode.",
)
WHOLE_ID = re.compile(r"""["']([a-z]+(?:[._][a-z0-9_.]+)*)["']""")
ASKED_FOR = re.compile(r"""texts\(\s*["']([a-z][a-z0-9_.]+)["']""")
GOALS = ("G0", "G1", "G2", "G3", "G4", "G5", "G5b", "G6", "G7")


def ids_in_the_source():
    return {found for source in SOURCES for found in WHOLE_ID.findall(source.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_texts_as_finnish_and_none_is_empty(language):
    catalogue = {message.id: message for message in read_catalogue(language) if message.id}

    assert set(catalogue) == {message.id for message in read_catalogue("fi") if message.id}
    assert [name for name, message in catalogue.items() if not message.string or message.fuzzy] == []


@pytest.mark.parametrize("language", languages())
def test_a_translation_fills_in_the_same_values_as_finnish(language):
    finnish = {message.id: message.string for message in read_catalogue("fi") if message.id}

    def fields(text):
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    translated = {message.id: fields(message.string) for message in read_catalogue(language) if message.id}
    assert translated == {message_id: fields(text) for message_id, text in finnish.items()}


def test_every_text_that_a_report_asks_for_is_in_the_catalogue():
    asked = {found for source in SOURCES for found in ASKED_FOR.findall(source.read_text(encoding="utf-8"))}
    assert len(asked) > 50

    assert sorted(asked - {message.id for message in read_catalogue("fi")}) == []


def test_every_goal_and_every_reason_of_the_code_lists_has_its_texts():
    finnish = read_texts("fi")
    reasons = [label.code for label in code_labels() if label.kind == "status_reason"]
    values = {"minimum": 30, "owners": "Kela"}

    assert reasons
    assert all(finnish(f"reason.{reason}.{part}", **values) for reason in reasons for part in ("why", "who"))
    assert all(finnish(f"goal.{goal}") for goal in GOALS)


def test_no_text_is_left_over_from_something_that_is_no_longer_said():
    texts_of_the_catalogue = {message.id for message in read_catalogue("fi") if message.id}
    assert len(texts_of_the_catalogue) > 100

    left_over = texts_of_the_catalogue - ids_in_the_source()

    assert sorted(name for name in left_over if not name.startswith(PUT_TOGETHER)) == []


def test_a_text_that_is_missing_stops_the_report_and_names_the_file_to_mend():
    with pytest.raises(ActionNeeded, match=r"no text for 'reason\.flood\.why' in 'fi': add it to kpi/locale/fi/"):
        read_texts("fi")("reason.flood.why")


def test_an_unknown_language_is_refused_with_those_that_there_are():
    with pytest.raises(ActionNeeded, match="language is 'tlh': give one of fi"):
        read_texts("tlh")


def test_numbers_and_times_are_written_the_finnish_way():
    finnish = read_texts("fi")
    midnight_in_helsinki = datetime(2026, 11, 9, 22, tzinfo=UTC)

    assert finnish.number(1234.5, 1) == "1\u00a0234,5"
    assert finnish.number(20411, 0) == "20\u00a0411"
    assert finnish.percent(0.8096, 1) == "81,0\u00a0%"
    assert finnish.month(date(2026, 10, 1)) == "lokakuu 2026"
    assert finnish.during(date(2026, 10, 1)) == "lokakuussa 2026"
    assert finnish.moment(midnight_in_helsinki, ZoneInfo("Europe/Helsinki")) == "10.11.2026 klo 0.00"
