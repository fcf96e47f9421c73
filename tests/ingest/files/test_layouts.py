"""What mappings can say of rows: long files, several events a row, wrong clocks, odd rows, names with variants."""

import contextlib
import copy
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from reading_files import ANSWER, FORMS, HEADER, ROW, csv_file, mapping_of, read

from infra.errors import ActionNeeded
from ingest.files.reading import preview
from ingest.files.report import Report

LONG = {
    "identity": ["vastaaja"],
    "group": ["vastaaja"],
    "time": FORMS["time"],
    "data": {
        "mode": "survey",
        "answers": {
            "each_row": {
                "question_code": {
                    "column": "kysymys",
                    "codes": {"Yleisarvio": "overall", "Turvallisuus": "safety_physical"},
                },
                **ANSWER,
                "raw_value": {"column": "vastaus", "type": "integer"},
            }
        },
    },
}
LONG_HEADER = ["vastaaja", "aika", "piste", "kysymys", "vastaus"]


def test_the_rows_of_one_respondent_are_one_event(tmp_path):
    path = csv_file(
        tmp_path,
        LONG_HEADER,
        ["a", "5.10.2026", "turku", "Yleisarvio", "4"],
        ["b", "5.10.2026", "salo", "Yleisarvio", "2"],
        ["a", "5.10.2026", "turku", "Turvallisuus", "5"],
        ["b", "5.10.2026", "salo", "Turvallisuus", ""],
        ["c", "5.10.2026", "turku", "Yleisarvio", "4"],
        ["c", "6.10.2026", "turku", "Turvallisuus", "4"],
    )

    events, report = read(path, **LONG)

    answers = {event["subject"]: [answer["raw_value"] for answer in event["data"]["answers"]] for event in events}
    assert answers == {"turku": [4, 5], "salo": [2]}
    assert report.skipped == {"aika: differs between the rows of one group": (2, 6)}
    assert (report.rows, report.total("new")) == (6, 4)


def test_a_row_may_make_several_events_with_ids_of_their_own(tmp_path):
    invited = {
        "name": "invited",
        "event": "fi.pulssi.survey.invited.v1",
        "when": {"kutsuttu": ["kyllä", 1]},
        "data": {"mode": "sms", "agency": "kela", "count": 1, "period": "2026-10"},
    }
    given = {"name": "given", "event": FORMS["event"], "data": FORMS["data"]}
    path = csv_file(tmp_path, [*HEADER, "kutsuttu"], [*ROW, "kyllä"], ["2", *ROW[1:], "ei"], ["3", *ROW[1:], "1"])

    events, report = read(path, event=None, data=None, events=[given, invited])

    assert [event["type"].split(".")[3] for event in events] == ["given", "invited", "given", "given", "invited"]
    assert len({event["id"] for event in events}) == 5
    assert report.rows == report.total("new") == 3


def test_names_of_agencies_are_known_in_their_variants(tmp_path):
    agency = {"column": "virasto", "codes": "agencies", "match": "loose"}
    rows = [[str(number), *ROW[1:], name] for number, name in enumerate(["KELA", " kela. ", "Fpa", "Verottaja"])]

    events, report = read(
        csv_file(tmp_path, [*HEADER, "virasto"], *rows),
        code_maps={"agencies": {"Kela": "kela", "FPA": "kela"}},
        data=FORMS["data"] | {"agency": agency},
    )

    assert [event["data"]["agency"] for event in events] == ["kela"] * 3
    assert report.skipped == {"virasto: a code that the mapping does not list": (1, 5)}


SNAPSHOTS = {
    "event": "fi.pulssi.queue.observed.v1",
    "source": "/agencies/warsaw/queues/{subject}",
    "identity": ["nro"],
    "time": {"columns": ["pv", "klo"], "format": "iso", "precision": "minute", "time_zone": "Europe/Warsaw"},
    "subject": {"column": "piste"},
    "data": {"queue_code": "a", "waiting_count": {"column": "jono", "type": "integer"}},
    "period": {"from": "2019-12-30", "to": "2020-01-22"},
    "clock_rules": [
        {"when": {"piste": ["wola"]}, "add_days": 2881, "flag": "days_corrected"},
        {"when": {"pv": ["2020-12-30"]}, "set_year": 2019, "flag": "year_corrected"},
    ],
    "flags": [
        {"flag": "public_holiday", "on_days": ["2020-01-01"]},
        {"flag": "status_not_told", "when": {"tila": [""]}},
    ],
    "skip": [{"when": {"tila": ["testi"]}, "reason": "a row of a test"}],
}


def test_wrong_clocks_are_put_right_by_a_rule_that_the_event_tells_and_what_is_left_is_set_aside(tmp_path):
    path = csv_file(
        tmp_path,
        ["nro", "pv", "klo", "piste", "jono", "tila"],
        ["1", "2020-12-30", "08:00", "praga", "3", "1"],
        ["2", "2012-02-11", "09:05", "wola", "0", ""],
        ["3", "2020-12-31", "08:00", "praga", "3", "1"],
        ["4", "2020-01-02", "08:00", "praga", "3", "testi"],
        ["5", "2020-01-02", "08:00", "praga", "3", "1"],
    )

    events, report = read(path, **SNAPSHOTS)

    assert [(event["time"], event["data"].get("time_told"), event["data"].get("flags")) for event in events] == [
        ("2019-12-30T08:00:00+01:00", "2020-12-30T08:00:00", ["year_corrected"]),
        ("2020-01-01T09:05:00+01:00", "2012-02-11T09:05:00", ["days_corrected", "public_holiday", "status_not_told"]),
        ("2020-01-02T08:00:00+01:00", None, None),
    ]
    assert {event["source"] for event in events} == {"/agencies/warsaw/queues/praga", "/agencies/warsaw/queues/wola"}
    assert report.skipped == {
        "pv and klo: outside the period 2019-12-30 to 2020-01-22": (1, 4),
        "a row of a test": (1, 5),
    }
    assert report.as_json()["points"]["praga"]["set_aside"] == {
        "a row of a test": 1,
        "pv and klo: outside the period 2019-12-30 to 2020-01-22": 1,
    }


def test_a_day_without_quotes_is_a_text_of_the_event_all_the_same(tmp_path):
    told = FORMS["data"] | {"visited_on": date(2026, 10, 5)}

    events, _ = read(csv_file(tmp_path, HEADER, ROW), data=told)

    assert events[0]["data"]["visited_on"] == "2026-10-05"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"group": ["vastaaja"]}, "identity: 'lomake' is not in group: only a group's own columns can tell"),
        ({"data": LONG["data"]}, "data: each_row without group: say which columns tie the rows of one event together"),
        ({"period": {"from": "2026-10-31", "to": "2026-10-01"}}, "period: to 2026-10-01 is before from 2026-10-31"),
        (
            {"flags": [{"flag": "odd", "when": {"x": ["1"]}}]},
            "flags: fi.pulssi.feedback.given.v1 has no field for flags, so what is odd would not be seen",
        ),
        (SNAPSHOTS | {"flags": [{"flag": "odd"}]}, "flags.0: give either when or on_days"),
        (SNAPSHOTS | {"clock_rules": [{"when": {"x": ["1"]}, "flag": "odd"}]}, "clock_rules.0: give either add_days"),
        (SNAPSHOTS | {"subject": None}, "subject: missing, and required by fi.pulssi.queue.observed.v1"),
        (
            {"events": [{"data": {"mode": "sms", "answers": []}}, {"name": "b"}], "data": FORMS["data"]},
            "events.0.name: None: give each event of a row a name of its own, it is part of the ids",
        ),
        ({"subject": {"column": "p", "codes": "points"}}, "subject.codes: no code map 'points': write one of code"),
        (
            {"subject": {"column": "p", "codes": {"Åbo ": "turku", "åbo": "salo"}, "match": "loose"}},
            "subject.codes: 'åbo' means two things when case and blanks do not matter: keep one",
        ),
        ({"subject": {"column": "p", "codes": {True: "turku"}}}, "subject.codes: True as a key: YAML reads it so"),
        ({"time": FORMS["time"] | {"columns": ["a", "b"]}}, "time: "),
        ({"time": FORMS["time"] | {"format": "suomi"}}, 'time.format: "suomi" does not match'),
        ({"identity": "sisältö"}, 'identity: "content" was expected'),
        ({"data": {"mode": "sms", "answers": {1, 2}}}, "the mapping: holds what a mapping cannot (a set, bytes"),
        ({"event": None}, "event: missing: say it here or once for all events"),
        ({"skip": [{"when": {}, "reason": "x"}]}, "skip.0.when: {} has less than 1 property"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_a_mapping_says_of_rows_is_named(tmp_path, changes, says):
    with pytest.raises(ActionNeeded) as stopped:
        mapping_of(tmp_path, **changes)

    assert says in str(stopped.value)


VALUES = some.one_of(
    some.none(), some.booleans(), some.integers(), some.floats(), some.text(max_size=5), some.dates(),
    some.lists(some.text(max_size=3), max_size=2),
    some.dictionaries(some.sampled_from(["column", "each_row", "x"]), some.text(max_size=3)),
)  # fmt: skip


def places(content, before=()):
    """The paths to everything in a mapping."""
    for key, item in content.items() if isinstance(content, dict) else enumerate(content):
        yield (*before, key)
        if isinstance(item, dict | list):
            yield from places(item, (*before, key))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=some.sampled_from([FORMS, FORMS | LONG, FORMS | SNAPSHOTS]), data=some.data(), value=VALUES)
def test_no_mistake_in_a_mapping_is_a_crash(tmp_path, content, data, value):
    changed = copy.deepcopy(content)
    *way, last = data.draw(some.sampled_from(sorted(places(content), key=repr)))
    holder = changed
    for key in way:
        holder = holder[key]
    holder[last] = value

    with contextlib.suppress(ActionNeeded):
        mapping = mapping_of(tmp_path, **changed)
        list(preview(csv_file(tmp_path, mapping.columns, ["1"] * len(mapping.columns)), mapping, Report()))
