"""Ids, sources and codes that tell of a person are refused; those that only look like it are not."""

import csv
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_events import event

from infra.settings import ROOT
from ingest.contracts import read_contracts
from ingest.names import field_naming_a_person, is_source, shown_file_name
from ingest.scrub.scrub import names_person

CODES = {
    cell
    for path in (ROOT / "infra" / "deployments").rglob("*.csv")
    for row in csv.reader(path.read_text(encoding="utf-8").splitlines())
    for cell in row
    if cell and " " not in cell
}


@pytest.mark.parametrize(
    "code",
    [
        "131052-308T", "press-131052A308T", "aino@posti.example.org", "0405557312", "040-5557312", "358405557312",
        "FI2112345600000785", "FI2112345600000785:2", "12.7.1949:2", "matti-virtanen",
        "virtanen.matti", "t_matti_virtanen_3",
        "/points/mikkeli/hilkka-tervaharju", "/points/0405557312", "Hilkka Tervaharju",
    ],
)  # fmt: skip
def test_a_code_of_a_person_is_told(code):
    assert names_person(code)


@pytest.mark.parametrize(
    "code",
    [
        "mikkeli-fb1", "/agencies/kela/paper_forms", "salo-kirjasto", "maria-hamina", "0410202601", "A123",
        "ticket-000123456",
        "2026-10-05", "anna-palaute", "kela_visit", "7", "1.10.2026", "FI21", "ABC-123", "SE46AAAA1111BBBB2222CCCC",
    ],
)  # fmt: skip
def test_a_code_of_a_thing_is_not(code):
    assert not names_person(code)


def test_no_code_of_a_deployment_is_taken_for_a_person():
    assert len(CODES) > 500
    assert [code for code in CODES if names_person(code)] == []


@given(st.uuids(), st.integers(0, 10**6))
def test_no_id_of_a_machine_is_taken_for_a_person(made, number):
    assert not names_person(str(made))
    assert not names_person(f"d1-{number}")
    assert is_source(f"/points/mikkeli/devices/{uuid.UUID(int=number).hex[-8:]}")


def test_the_field_that_tells_of_a_person_is_named():
    replaced = read_contracts()["fi.pulssi.feedback.given.v1"].replaced
    data = event()["data"]

    assert field_naming_a_person(event(), replaced) is None
    assert field_naming_a_person(event(id="matti.virtanen"), replaced) == "id"
    assert field_naming_a_person(event(data=data | {"topic": "0405557312"}), replaced) == "data.topic"
    assert field_naming_a_person(event(data=data | {"text": "Matti Virtanen"}), replaced) is None


def test_a_file_is_shown_by_its_name_unless_that_is_a_persons():
    assert shown_file_name("palautteet-2026-10.csv.gz") == "palautteet-2026-10.csv.gz"
    assert shown_file_name("Hilkka Tervaharju.csv.gz") == "(name withheld).csv.gz"
