"""Real queues of Warsaw: what is odd in the file ends up flagged, counted by office; nothing is lost silently."""

import json

import pytest
from loading import load_all, rows
from reading_files import CONTRACTS

from infra.settings import ROOT
from ingest.files.delivery import deliver
from ingest.files.mapping import FOLDER
from ingest.files.mapping_checks import read_mapping
from ingest.files.reading import preview
from ingest.files.report import Report, table
from ingest.reference import command as reference

DEPLOYMENT = ROOT / "infra" / "deployments" / "warsaw_2019"
HEADER = (
    "name,time,date,status,czasObslugi,lp,idGrupy,liczbaCzynnychStan,nazwaGrupy,literaGrupy,"
    "liczbaKlwKolejce,aktualnyNumer"
)
SAMPLE = """\
USC_Andersa,08:00,2020-12-30,1,10,1,135,2,"T: Odbiór odpisu, po sprostowaniu",T,3,T014
USC_Andersa,08:00,2020-12-30,0,10,2,127,0,Z: Zgłoszenie zgonu,Z,0,
UD_Srodmiescie_2,09:05,2012-02-11,,0,,200,1,Kasa,K,0,
UD_Wola,10:00,2020-01-06,,30,,77,4,Dowody,D,12,D123
UD_Wola,10:00,2020-01-06,,30,,77,4,Dowody,D,12,D123
UD_Wola,10:00,2020-01-25,,30,,77,4,Dowody,D,12,D123
UD_Wola,10:00,2021-01-07,,30,,77,4,Dowody,D,12,D123
UD_Praga,10:00,2020-01-07,,30,,77,4,Dowody,D,12,D123
UD_Wola,10:05,2020-01-07,,30,,77,4,Dowody,D,-1,D123
UD_Wola,10:10,2020-01-07,,30,,77,4,Dowody,D,1,D123
"""


@pytest.fixture
def mapping():
    return read_mapping(FOLDER / "warsaw_office_queues.yml", CONTRACTS)


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / "sample.csv"
    path.write_text(f"{HEADER}\n{SAMPLE}", encoding="utf-8")
    return path


def test_each_oddity_of_the_file_is_flagged_or_set_aside(mapping, sample):
    report = Report()

    events = list(preview(sample, mapping, report))

    assert [(event["subject"], event["time"], event["data"].get("flags")) for event in events] == [
        ("usc_andersa", "2019-12-30T08:00:00+01:00", ["year_corrected"]),
        ("usc_andersa", "2019-12-30T08:00:00+01:00", ["year_corrected", "queue_closed"]),
        ("ud_srodmiescie_2", "2020-01-01T09:05:00+01:00", ["days_corrected", "public_holiday", "status_not_told"]),
        ("ud_wola", "2020-01-06T10:00:00+01:00", ["public_holiday", "status_not_told"]),
        ("ud_wola", "2020-01-06T10:00:00+01:00", ["public_holiday", "status_not_told"]),
        ("ud_wola", "2020-01-07T10:10:00+01:00", ["status_not_told"]),
    ]
    assert events[0]["data"] == {
        "agency": "warsaw",
        "queue_code": "135",
        "waiting_count": 3,
        "open_desk_count": 2,
        "announced_wait_minutes": 10,
        "last_called": "T014",
        "is_open": True,
        "time_told": "2020-12-30T08:00:00",
        "flags": ["year_corrected"],
    }
    assert report.skipped == {
        "date and time: outside the period 2019-12-30 to 2020-01-22": (2, 7),
        "name: a code that the mapping does not list": (1, 9),
        "data.waiting_count: its value is less than the minimum of 0 (contract queue.observed.v1.1)": (1, 10),
    }


@pytest.mark.services
def test_the_rows_of_each_office_are_found_again_in_landing(make_deployment, mapping, sample):
    settings, _ = make_deployment()
    reference.load(settings, [DEPLOYMENT])
    report = Report()

    deliver(settings, sample, mapping, report)
    assert load_all(settings) == {"accepted": 5, "duplicate": 1, "rejected": 0, "held": 0}

    landed = rows(settings, "select service_point_id, count(*)::int from landing.event group by 1")
    points = json.loads(json.dumps(report.as_json()))["points"]
    assert dict(landed) == {point: counts["new"] for point, counts in points.items() if counts["new"]}
    lines = list(table(report.as_json()))
    assert lines[0].split()[:6] == ["point", "rows", "new", "duplicate", "as_before", "amended"]
    assert [line.split()[1:4] for line in lines if line.startswith(("ud_wola", "all"))] == [
        ["6", "2", "1"],
        ["10", "5", "1"],
    ]
