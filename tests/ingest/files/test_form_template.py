"""The workbook for paper forms: what is keyed into it comes out of its mapping, in each language."""

from datetime import date, datetime

import openpyxl
import pytest
import yaml
from reading_files import CONTRACTS

from infra.errors import ActionNeeded
from infra.settings import ROOT
from ingest.files.form_template import TEXTS, form_of, mapping_of, write_workbook
from ingest.files.mapping_checks import read_mapping
from ingest.files.reading import preview
from ingest.files.report import Report
from ingest.reference.files import read_reference

REFERENCE = read_reference([ROOT / "infra" / "deployments" / "demo"])
LANGUAGES = ("fi", "sv", "en")


@pytest.fixture(params=LANGUAGES)
def form(request):
    return form_of(REFERENCE, request.param, date(2026, 10, 5))


@pytest.fixture
def book(form, tmp_path):
    write_workbook(form, tmp_path / "form.xlsx")
    return openpyxl.load_workbook(tmp_path / "form.xlsx")


def test_what_is_chosen_and_keyed_comes_back_as_it_was_meant(form, book, tmp_path):
    sheet = book.worksheets[0]
    labels = [list(column.codes) for column in form.columns]
    for number in range(max(len(each) for each in labels)):  # every label of every list at least once
        row = [each[number % len(each)] if each else None for each in labels]
        row[0], row[1], row[-2], row[-1] = number + 1, datetime(2026, 10, 5), "Hyvä, åter!", "6.10.2026"
        for place, value in enumerate(row, start=1):
            sheet.cell(number + 2, place).value = int(value) if str(value).isdecimal() else value  # as Excel does
    book.save(tmp_path / "form.xlsx")
    (tmp_path / "form.yml").write_text(yaml.safe_dump(mapping_of(form, "Europe/Helsinki"), allow_unicode=True))
    report = Report()

    events = list(preview(tmp_path / "form.xlsx", read_mapping(tmp_path / "form.yml", CONTRACTS), report))

    assert report.skipped == {}
    assert {event["subject"] for event in events} == set(form.points.codes.values())
    assert {event["data"].get("agency") for event in events} == set(form.agencies.codes.values())
    assert {event["data"]["language"] for event in events} == {"fi", "sv", "en", "se", "other"}
    assert [question.scale_code for question in form.questions][:2] == ["rating_5", "outcome_3"]  # as paper asks it
    for question in form.questions:
        given = {
            answer["raw_value"]
            for event in events
            for answer in event["data"]["answers"]
            if answer["question_code"] == question.code
        }
        assert given == set(question.choice.codes.values())
    first = events[0]
    assert (first["time"], first["data"]["keyed_on"]) == ("2026-10-05T00:00:00+03:00", "2026-10-06")
    assert (first["source"], first["data"]["text"]) == (f"/points/{first['subject']}/paper", "Hyvä, åter!")


def test_every_column_with_a_list_offers_it_and_the_lists_are_hidden(form, book):
    sheet, _, lists = book.worksheets
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}

    assert lists.sheet_state == "hidden"
    for number, column in enumerate(form.columns, start=1):
        cell = sheet.cell(2, number)
        if column.codes:
            title, area = rules[cell.coordinate].formula1.split("!")
            assert title == f"'{lists.title}'"
            assert [found[0].value for found in lists[area.replace("$", "")]] == list(column.codes)
        assert (rules[cell.coordinate].type == "date") if column.is_date else True
    assert all(rule.error and rule.errorTitle and rule.showErrorMessage for rule in rules.values())


def test_an_empty_form_is_no_row(form, book, tmp_path):
    (tmp_path / "form.yml").write_text(yaml.safe_dump(mapping_of(form, "Europe/Helsinki"), allow_unicode=True))
    report = Report()

    assert list(preview(tmp_path / "form.xlsx", read_mapping(tmp_path / "form.yml", CONTRACTS), report)) == []
    assert (report.rows, book.worksheets[0].freeze_panes) == (0, "B2")


def test_the_languages_say_the_same_things():
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))

    assert set(texts) == set(LANGUAGES)
    assert len({tuple(sorted(words)) for words in texts.values()}) == 1
    assert len({len(words["help"]) for words in texts.values()}) == 1


def test_two_points_of_one_name_cannot_be_told_apart_in_a_list():
    points = list(REFERENCE["service_points.csv"])
    twin = type(points[0])("twin", points[0].values | {"service_point_id": "twin"})

    with pytest.raises(ActionNeeded, match="is the name_fi of two codes"):
        form_of(REFERENCE | {"service_points.csv": [*points, twin]}, "fi", date(2026, 10, 5))
