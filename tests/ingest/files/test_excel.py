"""Workbooks as offices have them: what would mislead is named with what to do about it."""

import contextlib
from datetime import datetime, time

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from reading_files import HEADER, ROW, csv_file, read

from infra.errors import ActionNeeded
from ingest.files import excel


@pytest.fixture
def book():
    made = openpyxl.Workbook()
    made.active.title = "Lomakkeet"
    made.active.append(HEADER)
    return made


def save(book, tmp_path):
    book.save(tmp_path / "forms.xlsx")
    return tmp_path / "forms.xlsx"


def test_cells_of_excel_mean_what_they_show(book, tmp_path):
    book.active.append([17, datetime(2026, 10, 5), "turku", 4.0])
    book.active.append([])
    book.active.append(["18", "6.10.2026", " turku ", "5"])
    for _ in range(50):
        book.active.append([None, "", None])

    events, report = read(save(book, tmp_path))
    as_text, _ = read(csv_file(tmp_path, HEADER, ["17", "5.10.2026", "turku", "4"], ["18", "6.10.2026", "turku", "5"]))

    assert [event["time"] for event in events] == ["2026-10-05T00:00:00+03:00", "2026-10-06T00:00:00+03:00"]
    assert events == as_text  # the ids too: a row is the same in either kind of file
    assert (report.rows, report.skipped) == (2, {})


def test_a_day_and_a_time_of_day_may_stand_in_cells_of_their_own(book, tmp_path):
    book.active["E1"] = "kello"
    book.active.append([1, datetime(2026, 10, 5), "turku", 4, time(9, 15)])
    book.active.append([2, 46300, "turku", 4, 0.3854166666666667])
    both = {"columns": ["aika", "kello"], "format": ["excel"], "precision": "minute", "time_zone": "Europe/Helsinki"}

    events, _ = read(save(book, tmp_path), time=both)

    assert [event["time"] for event in events] == ["2026-10-05T09:15:00+03:00"] * 2


def test_a_day_without_a_time_of_day_is_not_taken_for_midnight(book, tmp_path):
    book.active.append([1, datetime(2026, 10, 5), "turku", 4])
    time_column = {"column": "aika", "format": "iso", "precision": "minute", "time_zone": "Europe/Helsinki"}

    _, report = read(save(book, tmp_path), time=time_column)

    ((reason, where),) = report.skipped.items()
    assert reason.startswith("aika: a day without a time of day: set precision to day")
    assert where == (1, 2)


def test_formulas_errors_and_hidden_sheets_are_told(book, tmp_path):
    book.active.append([1, "5.10.2026", "turku", "=2+2"])
    book.active.append([2, "5.10.2026", "turku", "#REF!"])
    book.active.append([3, "5.10.2026", "turku", 4])
    book.create_sheet("Luettelot").sheet_state = "hidden"

    events, report = read(save(book, tmp_path))

    assert len(events) == 1
    assert report.skipped == {
        "arvosana: a formula without its value: open the file in Excel and save it": (1, 2),
        "arvosana: an error of Excel": (1, 3),
    }
    assert report.notes == [
        "hidden sheets were not read: Luettelot",
        "1 cells hold formulas: the values that Excel saved were read",
    ]


def test_a_title_above_the_header_is_no_row(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Paperilomakkeet, lokakuu"])
    book.active.merge_cells("A1:D1")
    book.active.append(HEADER)
    book.active.append(ROW)

    events, report = read(save(book, tmp_path), header_row=2)

    assert (len(events), report.rows) == (1, 1)


def _merged(book):
    book.active.append(ROW)
    book.active.merge_cells("C2:C3")


def _two_sheets(book):
    book.create_sheet("Vanhat")


def _full(book):
    book.active.append(ROW)
    book.active.append(ROW)


@pytest.mark.parametrize(
    ("change", "mapping", "says"),
    [
        (_merged, {}, r"sheet 'Lomakkeet' has merged cells \(C2:C3\).*: unmerge them and fill in each row"),
        (_two_sheets, {}, r"several sheets or none to choose from \(Lomakkeet, Vanhat\): name one as sheet"),
        (_two_sheets, {"sheet": "Uudet"}, r"has no sheet 'Uudet', it has Lomakkeet, Vanhat: correct sheet"),
        (_full, {}, r"sheet 'Lomakkeet' is full to its last row, so rows may have been cut off"),
        (_full, {"identity": ["nro"]}, r"has no column 'nro'"),
        (_full, {"header_row": 9}, r"has no header in row 9"),
        (_full, {"format": "csv"}, r"is an Excel workbook or a zip file: set format to xlsx, or unpack it"),
    ],
)
def test_what_would_mislead_stops_the_file_with_a_cure(book, tmp_path, monkeypatch, change, mapping, says):
    monkeypatch.setattr(excel, "LAST_ROW", 3)
    change(book)

    with pytest.raises(ActionNeeded, match=rf"forms\.xlsx.*{says}"):
        read(save(book, tmp_path), **mapping)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "is an old Excel file or has a password: save it as .xlsx"),
        (b"lomake;aika\n", "is no Excel workbook"),
        (b"PK\x03\x04 and then nothing", "is no whole Excel workbook"),
        (b"", "is no Excel workbook"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path, content, says):
    (tmp_path / "forms.xlsx").write_bytes(content)

    with pytest.raises(ActionNeeded, match=says):
        read(tmp_path / "forms.xlsx")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=some.integers(0, 6000), mutation=some.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_is_read_or_refused_and_never_a_crash(book, tmp_path, at, mutation):
    if not (tmp_path / "forms.xlsx").exists():
        book.active.append(ROW)
        save(book, tmp_path)
        (tmp_path / "whole.xlsx").write_bytes((tmp_path / "forms.xlsx").read_bytes())
    whole = (tmp_path / "whole.xlsx").read_bytes()
    (tmp_path / "forms.xlsx").write_bytes(
        whole[: at % len(whole)] + mutation + whole[at % len(whole) + len(mutation) :]
    )

    with contextlib.suppress(ActionNeeded):
        read(tmp_path / "forms.xlsx")
