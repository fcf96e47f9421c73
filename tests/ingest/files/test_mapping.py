"""Files become events as a mapping says; what does not fit is named so that a person can mend it."""

import gzip
import json

import pytest
import yaml

from infra.errors import ActionNeeded
from ingest import contracts
from ingest.files.mapping import FOLDER
from ingest.files.mapping_checks import read_mapping
from ingest.files.reading import preview
from ingest.files.report import Report

CONTRACTS = contracts.read_contracts()
GIVEN = "fi.pulssi.feedback.given.v1"


def mapping_file(tmp_path, **changes):
    """A mapping of keyed paper forms in the Finnish way; a key changed to None is left out."""
    content = {
        "event": "fi.pulssi.feedback.given.v1",
        "source": "/agencies/kela/paper_forms",
        "encoding": "iso-8859-1",
        "separator": ";",
        "identity": ["lomake"],
        "time": {
            "column": "aika",
            "format": "%d.%m.%Y klo %H.%M",
            "precision": "minute",
            "time_zone": "Europe/Helsinki",
        },
        "subject": {"column": "piste", "codes": {"Åbo": "turku", "Turku": "turku"}, "no_answer": [""]},
        "data": {
            "mode": "paper",
            "form_version": "a",
            "keyed_on": {"column": "tallennettu", "type": "date", "format": "%d.%m.%Y"},
            "answers": [
                {
                    "question_code": "overall",
                    "question_version": 1,
                    "scale_code": "rating_5",
                    "raw_value": {"column": "arvosana", "type": "integer", "no_answer": ["", "0"]},
                }
            ],
            "text": {"column": "vapaa sana"},
        },
    }
    content = {name: value for name, value in (content | changes).items() if value is not None}
    path = tmp_path / "forms.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def data(**fields):
    return {"data": {"mode": "sms", "answers": [], **fields}}


HEADER = "lomake;aika;piste;tallennettu;arvosana;vapaa sana;nimi"


def read(tmp_path, *rows, known=CONTRACTS, **changes):
    """The events of rows in a file, and what became of the rows."""
    path = tmp_path / "forms.csv"
    path.write_bytes("\r\n".join([HEADER, *rows]).encode("iso-8859-1"))
    report = Report()
    mapping = read_mapping(mapping_file(tmp_path, **changes), known)
    return list(preview(path, mapping, report)), report


def test_a_row_becomes_an_event_and_columns_not_named_stay_outside(tmp_path):
    rows = ['17;5.10.2026 klo 9.15;Åbo;6.10.2026;4;"Hyvä; ""kiitos""";Maija Meikäläinen']

    (event,), report = read(tmp_path, *rows)

    assert event["time"] == "2026-10-05T09:15:00+03:00"
    assert (event["subject"], event["timeprecision"]) == ("turku", "minute")
    assert event["data"] == {
        "mode": "paper",
        "form_version": "a",
        "keyed_on": "2026-10-06",
        "answers": [{"question_code": "overall", "question_version": 1, "scale_code": "rating_5", "raw_value": 4}],
        "text": 'Hyvä; "kiitos"',
    }
    assert list(report.lines()) == ["1 rows read, 1 events sent, 0 rows skipped"]


def test_no_answer_leaves_the_answer_the_text_and_the_subject_out(tmp_path):
    (event,), _ = read(tmp_path, "17;5.10.2026 klo 9.15;;6.10.2026;0;;")

    assert event["data"]["answers"] == []
    assert "text" not in event["data"]
    assert "subject" not in event


def test_the_id_of_a_row_depends_on_source_and_identity_only(tmp_path):
    row = "17;5.10.2026 klo 9.15;Turku;6.10.2026;4;;"

    (first, other), _ = read(tmp_path, row, row.replace("17;", "18;"))
    (corrected,), _ = read(tmp_path, row.replace(";4;", ";5;"))
    (elsewhere,), _ = read(tmp_path, row, source="/agencies/vero/paper_forms")

    assert first["id"] == corrected["id"] == "a84e6f21-472a-59fe-939e-0340554a844e"
    assert len({first["id"], other["id"], elsewhere["id"]}) == 3


def test_rows_that_do_not_fit_are_skipped_and_counted_by_reason(tmp_path):
    events, report = read(
        tmp_path,
        "1;5.10.2026 klo 9.15;Turku;6.10.2026;4;;",
        "2;5.10.2026 klo 9.15;Turku;6.10.2026;neljä;;",
        "3;5.10.2026 klo 9.15;Turku;6.10.2026;viisi;;",
        "4;2026-10-05;Turku;6.10.2026;4;;",
        "5;5.10.2026 klo 9.15;Tukholma;6.10.2026;4;;",
        "6;5.10.2026 klo 9.15;Turku",
        ";5.10.2026 klo 9.15;Turku;6.10.2026;4;;",
        "8;29.3.2026 klo 3.30;Turku;6.10.2026;4;;",
        "9;5.10.2026 klo 9.15;Turku;;4;;",
        f"10;5.10.2026 klo 9.15;Turku;6.10.2026;{'9' * 5000};;",
        "11;1.1.0001 klo 0.00;Turku;6.10.2026;4;;",
    )

    assert len(events) == 1
    assert list(report.lines()) == [
        "11 rows read, 1 events sent, 10 rows skipped",
        "  skipped 3: arvosana: not a whole number (first in line 3)",
        "  skipped 1: aika: not a time like %d.%m.%Y klo %H.%M (first in line 5)",
        "  skipped 1: piste: a code that the mapping does not list (first in line 6)",
        "  skipped 1: 3 cells, the header has 7 (first in line 7)",
        "  skipped 1: lomake: empty, so the row could not be known again (first in line 8)",
        "  skipped 1: aika: an hour that the clocks skipped in Europe/Helsinki (first in line 9)",
        f"  skipped 1: data.keyed_on: missing, and required by {CONTRACTS[GIVEN].version} (first in line 10)",
        "  skipped 1: aika: not a time of our calendar (first in line 12)",
    ]


def test_a_day_is_never_shifted_by_a_zone(tmp_path):
    time = {"column": "aika", "format": "%m/%d/%Y", "precision": "day", "time_zone": "America/Los_Angeles"}

    (event,), _ = read(tmp_path, "1;05/11/2016;Turku;6.10.2026;4;;", time=time)

    assert (event["time"], event["timeprecision"]) == ("2016-05-11T00:00:00-07:00", "day")


@pytest.mark.parametrize(
    ("written", "score"), [("3,5", 3.5), ("1 000,25", 1000.25), ("-2", -2.0), ("3.5", None), ("kolme", None)]
)
def test_another_event_type_needs_no_code_and_decimals_are_read_as_written(tmp_path, written, score):
    contract = {"type": "object", "properties": {"score": {"type": "number"}}, "required": ["score"]}
    (tmp_path / "advice").mkdir()
    (tmp_path / "advice" / "guidance_estimated.v1.json").write_text(json.dumps(contract))
    (tmp_path / "envelope.v1.json").write_bytes((contracts.FOLDER / "envelope.v1.json").read_bytes())
    known = contracts.read_contracts(tmp_path)
    data = {"score": {"column": "arvosana", "type": "number"}}

    events, report = read(
        tmp_path, f"1;5.10.2026 klo 9.15;Turku;;{written};;", known=known,
        event="fi.pulssi.advice.guidance_estimated.v1", decimal=",", data=data,
    )  # fmt: skip

    assert [event["data"] for event in events] == ([] if score is None else [{"score": score}])
    assert score is not None or "not a number" in next(iter(report.skipped))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"event": "fi.pulssi.feedback.taken.v1"}, "event: 'fi.pulssi.feedback.taken.v1' has no contract: write one"),
        ({"source": "kela"}, 'source: "kela" does not match'),
        ({"separator": "¤"}, 'separator: "¤" is not one of'),
        ({"encoding": "latin-99"}, "encoding: 'latin-99' is unknown: write one such as utf-8"),
        (data(mode="letter"), 'data.mode: "letter" is not one of "device", "popup_self_service" or 8 other candidates'),
        (data(agency={"colum": "virasto"}), "data.agency: "),
        ({"subject": {"column": "piste", "codes": {"Åbo": "Turku C"}}}, 'subject.codes.Åbo: "Turku C" does not match'),
        (data(keyed_on={"column": "aika", "type": "date", "format": "%Q"}), "data.keyed_on.format: '%Q': write one of"),
        ({"identity": []}, "identity: [] has less than 1 item"),
        ({"identity": None}, 'the mapping: "identity" is a required property'),
        ({"seperator": ";"}, "the mapping: Additional properties are not allowed ('seperator' was unexpected)"),
        ({"received_time": "tomorrow"}, 'received_time: "tomorrow" is not a "date-time"'),
        (
            data(name={"column": "nimi"}),
            "data.name: fi.pulssi.feedback.given.v1 has no such field: write one of agency",
        ),
        ({"data": {"mode": "sms"}}, "data.answers: missing, and required by fi.pulssi.feedback.given.v1"),
        (
            data(answers=[{"raw_value": {"column": "x", "typ": "date"}}]),
            "data.answers.0.raw_value: Additional properties",
        ),
        (data(mode={"column": "x", "type": "date"}), 'data.mode: "format" is a required property'),
        (
            {"time": {"column": "aika", "format": "%d", "precision": "day", "time_zone": "Suomi"}},
            "time.time_zone: 'Suomi' is no time zone: write an IANA name such as Europe/Helsinki",
        ),
    ],
)
def test_a_mistake_in_a_mapping_is_named_with_its_key_and_value(tmp_path, changes, problem):
    with pytest.raises(ActionNeeded) as stopped:
        read_mapping(mapping_file(tmp_path, **changes), CONTRACTS)

    assert problem in str(stopped.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b"lomake,aika\n1,2\n",
            r"forms.csv has no column 'lomake', 'aika', .* correct the mapping \(is the separator right\?\)",
        ),
        (b"", "forms.csv has no header in row 1: see that it is whole"),
        ((HEADER + ";aika\n").encode(), "forms.csv has column 'aika' more than once: rename one of them"),
        (HEADER.encode("utf-16"), "forms.csv is not utf-8: set encoding in the mapping"),
    ],
)
def test_a_file_that_is_another_than_the_mapping_says_stops_with_a_cure(tmp_path, content, problem):
    (tmp_path / "forms.csv").write_bytes(content)
    mapping = read_mapping(mapping_file(tmp_path, encoding="utf-8"), CONTRACTS)

    with pytest.raises(ActionNeeded, match=problem):
        list(preview(tmp_path / "forms.csv", mapping, Report()))


def test_a_gzip_file_that_ends_too_early_stops_with_a_cure(tmp_path):
    whole = gzip.compress(f"{HEADER}\n1;5.10.2026 klo 9.15;Turku;6.10.2026;4;;\n".encode())
    (tmp_path / "forms.csv.gz").write_bytes(whole[:-12])

    with pytest.raises(ActionNeeded, match=r"forms.csv.gz is not a whole gzip file: fetch it again"):
        list(preview(tmp_path / "forms.csv.gz", read_mapping(mapping_file(tmp_path), CONTRACTS), Report()))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_the_mappings_that_come_with_pulssi_have_no_mistakes(path):
    assert read_mapping(path, CONTRACTS).columns
