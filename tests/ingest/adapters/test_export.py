"""A booking system's daily export: rows become the events that its webhook would have made of them."""

import json
import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from loading import load_all, register, rows

from infra import database
from ingest.adapters.export import Report, read_rows, records
from ingest.adapters.installations import read_installation
from ingest.contracts import read_contracts
from ingest.dead_letters.replay import replay
from ingest.dead_letters.rows import Selection
from ingest.ledger import read_balance
from ingest.produce import send

HERE = Path(__file__).parent / "booking_system"
INSTALLATION = read_installation(HERE / "installation.yml", ZoneInfo("Europe/Helsinki"))
EXPORT = """\
Varausnumero;Tapahtuma;Organisaatio;Toimipiste;Kirjattu;Alkaa;Päättyy;Varaaja;Käyntejä;Asiakas
bkg-00ff19a3;Varattu;VERO;MLI;2026-09-30 14:05;2026-10-12 13:00;;ASIAKAS;2;Maija Mallikas
bkg-00ff19a4;Varattu;VERO;MLI;2026-09-30 14:07;2026-10-12 13:30;;NEUVOJA;1;Matti Meikäläinen
bkg-00ff19a4;Peruttu;VERO;MLI;2026-10-02 08:00;;;;;Matti Meikäläinen
bkg-00ff19a5;Varattu;VERO;HKI;2026-09-30 14:09;2026-10-12 14:00;;ASIAKAS;1;Maija Mallikas
"""


def exported(path):
    report = Report()
    found = [json.loads(value) for value in records(read_rows(path), INSTALLATION, read_contracts(), report)]
    return found, report


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1"])
def test_rows_are_translated_whatever_the_encoding_and_those_that_cannot_be_are_kept(tmp_path, encoding):
    path = tmp_path / "export.csv"
    path.write_bytes(EXPORT.encode(encoding))

    found, report = exported(path)

    assert [one["type"].split(".")[3] for one in found] == ["created", "created", "cancelled", "untranslated"]
    assert list(report.lines())[1:] == [
        "  set aside 1: office: a code that settings.offices does not list: "
        "add it to the installation's file (first in row 4)"
    ]
    assert "M" not in {name[0] for one in found[:3] for name in one["data"].values() if isinstance(name, str)}


def test_a_row_has_the_same_events_as_the_webhooks_payload(tmp_path):
    payload = json.loads((HERE / "export_row.json").read_text(encoding="utf-8"))
    path = tmp_path / "export.ndjson"
    path.write_text(json.dumps(payload["payload"]) + "\n")

    found, _ = exported(path)

    assert found == payload["events"]


@pytest.mark.services
def test_an_export_twice_and_a_mended_setting_leave_each_booking_once(make_deployment, tmp_path):
    settings, _ = make_deployment()
    folder = settings.deployment.folder / "installations"
    folder.mkdir()
    file = folder / "installation.yml"
    shutil.copy(HERE / "installation.yml", file)
    register(settings, "mikkeli", "helsinki")
    path = tmp_path / "export.csv"
    path.write_text(EXPORT)
    contracts = read_contracts()
    for _ in range(2):
        send(settings, records(read_rows(path), INSTALLATION, contracts, Report()))
    assert load_all(settings) == {"accepted": 3, "duplicate": 3, "rejected": 2, "held": 0}

    file.write_text(file.read_text().replace("{MLI: mikkeli}", "{MLI: mikkeli, HKI: helsinki}"))
    assert [dict(counts) for counts in replay(settings, Selection(reason="not_translated"), 100)] == [
        {"translated": 2, "rejected": 0}
    ]

    assert load_all(settings) == {"accepted": 1, "duplicate": 1, "rejected": 0, "held": 0}
    assert rows(settings, "select count(*), count(distinct data ->> 'booking_key') from landing.event") == [(4, 3)]
    with database.connect(settings) as connection:
        assert read_balance(connection).faults == []
