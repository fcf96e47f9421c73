"""Text files of all kinds: packed or not, in lines of JSON, damaged, or in another encoding than the mapping says."""

import contextlib
import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from reading_files import HEADER, ROW, csv_file, read

from infra.errors import ActionNeeded

LINE = {"lomake": "1", "aika": "5.10.2026", "piste": "turku", "arvosana": 4}


def lines_file(tmp_path, *contents):
    path = tmp_path / "forms.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in contents))
    return path


def test_lines_of_json_are_rows_and_a_point_leads_into_an_object(tmp_path):
    inner = {**LINE, "lomake": "2", "piste": None, "paikka": {"piste": "salo"}}

    events, report = read(
        lines_file(tmp_path, {**LINE, "paikka": {"piste": "turku"}}, "", inner), subject={"column": "paikka.piste"}
    )

    assert [event["subject"] for event in events] == ["turku", "salo"]
    assert events[0]["id"] == read(csv_file(tmp_path, HEADER, ROW))[0][0]["id"]
    assert report.rows == 2


def test_lines_that_are_no_rows_are_counted_with_their_reason(tmp_path):
    path = lines_file(tmp_path, LINE, "{", "[1]", {**LINE, "piste": ["turku"]}, {**LINE, "lomake": 2, "aika": None})

    _, report = read(path)

    assert report.skipped == {
        "not JSON": (1, 2),
        "JSON, but not an object": (1, 3),
        "piste: not a single value": (1, 4),
        "aika: not a time like 5.10.2026 (klo 9.15)": (1, 5),
    }


def test_a_field_that_no_line_has_is_told(tmp_path):
    _, report = read(lines_file(tmp_path, LINE), subject={"column": "paikka"})

    assert report.notes == ["no line has a field 'paikka': is its name right?"]


def test_a_packed_file_is_known_by_its_bytes_and_not_by_its_name(tmp_path):
    plain = csv_file(tmp_path, HEADER, ROW)
    packed = tmp_path / "packed.csv"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert read(packed)[0] == read(plain)[0]


def test_utf_8_is_not_read_as_an_encoding_of_single_bytes(tmp_path):
    path = csv_file(tmp_path, [*HEADER, "sana"], [*ROW, "Hyvä"])

    with pytest.raises(ActionNeeded, match=r"forms.csv is UTF-8, the mapping says iso-8859-1: set encoding"):
        read(path, encoding="iso-8859-1")


def test_rows_alike_of_people_without_numbers_are_several_events(tmp_path):
    same = ["", *ROW[1:]]
    path = csv_file(tmp_path, HEADER, same, same, ROW)

    events, report = read(path, identity="content")
    again, _ = read(csv_file(tmp_path, HEADER, ROW, same, same), identity="content")

    assert len({event["id"] for event in events}) == 3
    assert {event["id"] for event in again} == {event["id"] for event in events}  # whatever the order of rows
    assert any("corrections cannot be seen" in line for line in report.lines())


def test_a_number_that_two_rows_share_is_no_identity(tmp_path):
    other = [*ROW[:3], "1"]

    events, report = read(csv_file(tmp_path, HEADER, ROW, ROW, other))

    assert report.skipped == {"the same identity as an earlier row, with other content": (1, 4)}
    assert report.total("duplicate") == 1
    assert len(events) == 2  # the repeated row goes on: the ledger is to see it


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=some.sampled_from(["forms.csv", "forms.jsonl", "forms.csv.gz"]),
    at=some.integers(0, 200),
    mutation=some.one_of(
        some.binary(min_size=1, max_size=20), some.sampled_from([b'"', b"\x00", b",", b"\n", b"\xff"])
    ),
)
def test_a_damaged_file_is_read_or_refused_and_never_a_crash(tmp_path, kind, at, mutation):
    plain = "".join(",".join(row) + "\n" for row in (HEADER, ROW, ["2", *ROW[1:]])).encode()
    if kind == "forms.jsonl":
        plain = b"\n".join(json.dumps({**LINE, "lomake": number}).encode() for number in range(3))
    whole = gzip.compress(plain) if kind.endswith(".gz") else plain
    path = tmp_path / kind
    path.write_bytes(whole[: at % len(whole)] + mutation + whole[at % len(whole) :])

    with contextlib.suppress(ActionNeeded):
        _, report = read(path)
        assert report.rows == sum(sum(counts.values()) for counts in report.points.values())
