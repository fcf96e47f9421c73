"""Reference data is loaded whole or not at all, and every problem names its place and its cure."""

import json

import psycopg
import pytest

from infra import database
from infra.errors import ActionNeeded
from infra.settings import ROOT
from ingest.load import drain
from ingest.produce import send
from ingest.reference import command as reference
from ingest.reference.files import digest, read_reference
from ingest.reference.tables import tables

FILES = {
    "regions.csv": ["06,Pirkanmaa,Birkaland,Pirkanmaa,2011-01-01,"],
    "service_points.csv": ["tampere,Tampere,Tammerfors,Tampere,L,06,837,fi,,2024-01-01,"],
    "agencies.csv": ["kela,Kela,FPA,Kela,,1937-12-16,"],
    "presence.csv": ["tampere,kela,2024-01-01,"],
    "opening_hours.csv": ["tampere,1,08:00,12:00,2026-01-01,", "tampere,1,13:00,16:15,2026-01-01,"],
    "opening_exceptions.csv": ["tampere,2026-10-08,,,staff_training"],
    "sources.csv": ["/points/tampere/devices/fb1,feedback,device,tampere,vendor,continuous,2026-01-01,"],
    "scale_values.csv": ["faces_5,1,1,Huono,Dålig,Bad"],
    "questions.csv": ["overall,1,faces_5,Miten meni?,Hur gick det?,How was it?,2026-01-01,"],
    "waves.csv": ["autumn,customers,2026-10-05,2026-10-05,1200,"],
    "holidays.csv": ["2026-12-06,Itsenäisyyspäivä,Självständighetsdagen,Independence Day"],
}


def write(folder, **changed):
    """A deployment's files with some replaced: write(folder, waves=[...rows...])."""
    folder.mkdir(exist_ok=True)
    columns = {table.file: [column.name for column in table.columns] for table in tables()}
    for file, rows in (FILES | {f"{name}.csv": rows for name, rows in changed.items()}).items():
        (folder / file).write_text("\n".join([",".join(columns[file]), *rows]) + "\n", encoding="utf-8")
    return folder


def event(point, number, received="2026-10-31T22:30:00Z"):
    content = {
        "specversion": "1.0", "id": f"event-{number}", "source": f"/points/{point}/devices/fb1",
        "type": "fi.pulssi.feedback.given.v1", "subject": point, "time": "2026-10-31T23:00:00+02:00",
        "receivedtime": received, "data": {"mode": "device", "answers": []},
    }  # fmt: skip
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            {"presence": ["tampere,keela,2024-01-01,"]},
            "d/presence.csv row 2, agency_code 'keela': not in agencies.csv: add it there",
        ),
        (
            {"service_points": ["tampere,Tampere,Tammerfors,Tampere,XL,06,837,fi,,2024-01-01,"]},
            "d/service_points.csv row 2, size_class 'XL': unknown code: write one of L, M, S, XS",
        ),
        (
            {"service_points": [*FILES["service_points.csv"], "tampere,T,T,T,L,06,837,fi,,2026-01-01,2026-06-01"]},
            "d/service_points.csv row 3, service_point_id 'tampere': its time overlaps d/service_points.csv row 2: "
            "end the earlier row (valid_to) where the later begins",
        ),
        (
            {"opening_hours": ["tampere,1,08:00,12:00,2026-01-01,", "tampere,1,11:00,16:15,2026-01-01,"]},
            "d/opening_hours.csv row 3, service_point_id 'tampere', weekday '1': its time overlaps",
        ),
        (
            {"opening_hours": ["tampere,8,16:15,08:00,2026-01-01,"]},
            "d/opening_hours.csv row 2, weekday '8': out of range: write 1 to 7",
        ),
        (
            {"opening_hours": ["tampere,1,16:15,08:00,2026-01-01,"]},
            "d/opening_hours.csv row 2, closes_at '08:00:00': must come after opens_at ('16:15:00')",
        ),
        (
            {"opening_exceptions": ["tampere,2026-10-08,09:00,,staff_training"]},
            "d/opening_exceptions.csv row 2, closes_at: only one of opens_at and closes_at is given",
        ),
        (
            {"waves": ["autumn,customers,2026-10-32,2026-10-23,,"]},
            "waves.csv row 2, starts_on '2026-10-32': not a date",
        ),
        (
            {"waves": ["autumn,customers,2026-10-24,2026-10-23,,"]},
            "ends_on '2026-10-23': must not come before starts_on",
        ),
        ({"waves": ["autumn,customers,2026-10-24,2026-10-25,many,"]}, "invited_count 'many': not a whole number"),
        (
            {"waves": ["autumn,customers,2026-10-24,2026-10-25,99999999999,"]},
            "invited_count '99999999999': out of range",
        ),
        ({"scale_values": ["faces_5,1,NaN,a,b,c"]}, "score 'NaN': not a number"),
        ({"holidays": [f"2026-12-06,{'a' * 200_000},b,c"]}, "d/holidays.csv: field larger than field limit"),
        (
            {"holidays": ["2026-12-06,a,b,c", "2026-12-06,a,b,c"]},
            "holidays.csv row 3, holiday_date '2026-12-06': the same stands in",
        ),
        (
            {"holidays": ["2026-12-06,Itsenäisyyspäivä, joulu,b,c"]},
            "row 2: 5 cells, the header has 4: quote cells that hold a comma",
        ),
        (
            {"agencies": ["te,TE,TE,TE,kunta,2013-01-01,2025-01-01", *FILES["agencies.csv"]]},
            "d/agencies.csv row 2, successor_code 'kunta': not in agencies.csv",
        ),
        (
            {"sources": ["/points/tampere/devices/fb1,feedback,,tampere,vendor,continuous,2026-01-01,"]},
            "d/sources.csv row 2, collection_mode '': empty for a feedback source: give its mode",
        ),
        ({"service_points": []}, "service_points.csv: missing or empty"),
        (
            {"aliases": ["agency,FPA,fpa,,2020-01-01,"]},
            "d/aliases.csv row 2, code 'fpa': not in agencies.csv: add it there (column agency_code) or correct the",
        ),
        (
            {"aliases": ["agency,TE,kela,,2013-01-01,2026-01-01", "agency,TE,kela,,2025-01-01,"]},
            "d/aliases.csv row 3, code_list 'agency', alias 'TE': its time overlaps d/aliases.csv row 2",
        ),
        (
            {"aliases": ["agency,KELA,kela,,2020-01-01,", "agency,Kela,kela,,2020-01-01,"]},
            "d/aliases.csv row 3, alias 'Kela': differs from d/aliases.csv row 2 by capitals only: keep one of them",
        ),
        (
            {"aliases": ["region,Häme,05,,2020-01-01,"]},
            "code_list 'region': unknown code: write one of agency, service",
        ),
        (
            {"stops": ["market,tampere,Tori,Torget,Market,837,1,11:00,12:30,2026-01-01,"]},
            "d/stops.csv row 2, opens_at '11:00:00': the point 'tampere' is not open then: "
            "add the time to opening_hours.csv or correct the stop",
        ),
        (
            {"services": ["tax_card,vero,Verokortti,Skattekort,Tax card,2010-01-01,"]},
            "d/services.csv row 2, agency_code 'vero': not in agencies.csv",
        ),
    ],
)
def test_a_problem_names_file_row_column_value_and_cure(tmp_path, changed, problem):
    folder = write(tmp_path / "d", **changed)

    with pytest.raises(ActionNeeded) as stopped:
        read_reference([folder])

    assert problem in str(stopped.value)


def test_all_problems_are_listed_at_once(tmp_path):
    folder = write(tmp_path / "d", presence=["tampere,keela,2024-01-01,", "turku,kela,yesterday,"])
    (folder / "opening_hour.csv").write_text("")
    (folder / "regions.csv").write_text("region_code,name\n06,Pirkanmaa\n")

    with pytest.raises(ActionNeeded) as stopped:
        read_reference([folder])

    lines = str(stopped.value).splitlines()
    assert lines[0] == "reference data: 5 problems, nothing was loaded:"
    assert any("opening_hour.csv: not a reference file" in line for line in lines)
    assert any("d/regions.csv row 1: the header lacks name_fi" in line and "has unknown name" in line for line in lines)
    assert not any("not in regions.csv" in line for line in lines)


def test_a_file_that_is_missing_is_told_once_by_each_that_refers_to_it(tmp_path):
    folder = write(tmp_path / "d")
    (folder / "regions.csv").unlink()

    with pytest.raises(ActionNeeded) as stopped:
        read_reference([folder])

    (line,) = [line for line in str(stopped.value).splitlines() if "not in regions.csv" in line]
    assert "service_points.csv row 2, region_code" in line


def test_text_that_is_not_utf_8_is_named(tmp_path):
    folder = write(tmp_path / "d")
    (folder / "holidays.csv").write_bytes(
        "holiday_date,name_fi,name_sv,name_en\n2026-12-06,Pyhä,b,c\n".encode("latin-1")
    )

    with pytest.raises(ActionNeeded, match=r"d/holidays.csv: byte 51 is not UTF-8: save the file as UTF-8"):
        read_reference([folder])


def test_the_digest_depends_on_rows_only(tmp_path):
    whole = digest(read_reference([write(tmp_path / "whole")]))
    moved = write(tmp_path / "moved", agencies=[])
    extra = tmp_path / "extra"
    extra.mkdir()
    (moved / "agencies.csv").unlink()
    (extra / "agencies.csv").write_text((tmp_path / "whole" / "agencies.csv").read_text())
    hours = (moved / "opening_hours.csv").read_text().splitlines()
    (moved / "opening_hours.csv").write_text("\n".join([hours[0], *reversed(hours[1:])]))

    assert digest(read_reference([extra, moved])) == whole
    assert digest(read_reference([write(tmp_path / "other", waves=[])])) != whole


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in (ROOT / "infra" / "deployments").glob("*/deployment.yml"))
)
def test_the_deployments_that_come_with_pulssi_have_no_problems(folder):
    assert read_reference([folder])["service_points.csv"]


@pytest.mark.services
def test_loading_again_changes_nothing_and_a_problem_leaves_all_as_it_was(make_deployment, tmp_path):
    settings, _ = make_deployment()

    first = reference.load(settings, [write(tmp_path / "d")])
    again = reference.load(settings, [tmp_path / "d"])
    with pytest.raises(ActionNeeded):
        reference.load(settings, [write(tmp_path / "d", presence=["tampere,keela,2024-01-01,"])])

    assert "opening_hours.csv: 2 rows" in first
    assert again == ["reference data is unchanged (12 rows): nothing to load"]
    with database.connect(settings) as connection:
        assert connection.execute("select agency_code from reference.presence").fetchall() == [("kela",)]
        assert connection.execute("select count(*) from ops.reference_load").fetchone() == (1,)


@pytest.mark.services
def test_events_of_a_point_flow_in_when_it_is_registered(make_deployment, tmp_path):
    settings, _ = make_deployment()
    reference.load(settings, [write(tmp_path / "d")])
    send(
        settings, [event("tampere", 1), event("turku", 2), event("turku", 3, "2026-11-01T05:00:00Z"), event("oulu", 4)]
    )
    list(drain(settings))
    before = ledger(settings)
    turku = "turku,Turku,Åbo,Turku,L,06,853,fi,,2026-01-01,"

    lines = reference.load(settings, [write(tmp_path / "d", service_points=[*FILES["service_points.csv"], turku])])

    assert lines[-1] == "released 2 held events of turku"
    assert before == {("tampere", 1, 0): 1, ("turku", 0, 1): 2, ("oulu", 0, 1): 1}
    assert ledger(settings) == {("tampere", 1, 0): 1, ("turku", 1, 0): 2, ("oulu", 0, 1): 1}
    with database.connect(settings) as connection:
        assert points(connection, "landing.event") == ["tampere", "turku", "turku"]
        assert points(connection, "landing.event_held") == ["oulu"]


def ledger(settings):
    """How many days a point's source has with these (accepted, held) counts."""
    query = """
        select split_part(source, '/', 3), accepted_count, held_count, count(*) from ops.ledger group by 1, 2, 3
    """
    with database.connect(settings) as connection:
        return {tuple(row[:3]): row[3] for row in connection.execute(query)}


def points(connection: psycopg.Connection, table):
    return [row[0] for row in connection.execute(f"select service_point_id from {table} order by 1")]
