"""A row that comes again: as before it changes nothing, with other content it becomes a correction, once."""

import pytest
import yaml
from loading import load_all, register, rows
from sample_events import line

from infra import database
from infra.errors import ActionNeeded
from ingest import contracts
from ingest.files import delivery
from ingest.files.delivery import NotYetLoaded, deliver
from ingest.files.mapping_checks import read_mapping
from ingest.files.report import Report
from ingest.produce import send

pytestmark = pytest.mark.services

MAPPING = {
    "event": "fi.pulssi.feedback.given.v1",
    "source": "/agencies/kela/paper_forms",
    "separator": ";",
    "identity": ["lomake"],
    "time": {"column": "aika", "format": "finnish", "precision": "minute", "time_zone": "Europe/Helsinki"},
    "subject": {"column": "piste"},
    "data": {
        "mode": "paper",
        "form_version": "a",
        "keyed_on": "2026-10-06",
        "answers": [
            {
                "question_code": "overall",
                "question_version": 1,
                "scale_code": "rating_5",
                "raw_value": {"column": "arvosana", "type": "integer"},
            }
        ],
        "text": {"column": "sana"},
        "visit_key": {"column": "kaynti"},
    },
}
HEADER = "lomake;aika;piste;arvosana;sana;kaynti"
FIRST = "1;5.10.2026 klo 9.15;turku;4;;"
SECOND = "2;5.10.2026 klo 9.20;turku;2;Soita 040 123 4567;kaynti-0007"


@pytest.fixture
def deployment(make_deployment):
    settings, _ = make_deployment()
    register(settings, "turku", "salo")
    return settings


def bring_in(settings, tmp_path, *lines, wait_seconds=0, **changes):
    (tmp_path / "forms.yml").write_text(yaml.safe_dump(MAPPING | changes), encoding="utf-8")
    (tmp_path / "forms.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    report = Report()
    mapping = read_mapping(tmp_path / "forms.yml", contracts.read_contracts())
    deliver(settings, tmp_path / "forms.csv", mapping, report, wait_seconds)
    return {fate: count for fate in (*report.points.get("turku", {}),) if (count := report.total(fate))}


def landed(settings):
    return rows(settings, "select event_type, data from landing.event order by stored_at, kafka_offset")


def test_a_changed_row_becomes_a_correction_and_a_row_as_before_nothing(deployment, tmp_path):
    assert bring_in(deployment, tmp_path, FIRST, SECOND) == {"new": 2}
    load_all(deployment)
    worse = FIRST.replace(";4;", ";3;")

    assert bring_in(deployment, tmp_path, worse, SECOND) == {"amended": 1, "as_before": 1}
    load_all(deployment)
    assert bring_in(deployment, tmp_path, worse, SECOND) == {"as_before": 2}
    assert load_all(deployment)["accepted"] == 0
    assert bring_in(deployment, tmp_path, FIRST, SECOND.replace("9.20", "9.25")) == {"amended": 2}
    assert load_all(deployment) == {"accepted": 2, "duplicate": 0, "rejected": 0, "held": 0}

    first = rows(deployment, "select event_id from landing.event where data ->> 'keyed_on' is not null")[0][0]
    corrections = [data for event_type, data in landed(deployment) if event_type == "correction.amended"]
    answer = {"question_code": "overall", "question_version": 1, "scale_code": "rating_5"}
    replaced = [data["replaced"] for data in corrections]
    assert replaced[0] == {"answers": [{**answer, "raw_value": 3}]}
    assert {"answers": [{**answer, "raw_value": 4}]} in replaced[1:]
    assert {"time": "2026-10-05T09:25:00+03:00"} in replaced[1:]
    assert first in {data["ref_id"] for data in corrections}
    assert {data["reason"] for data in corrections} == {"source_updated"}


def test_a_correction_that_is_held_with_its_event_is_seen_when_the_row_changes_back(deployment, tmp_path):
    held = FIRST.replace("turku", "kemi")
    told = []
    for row in (held, held.replace(";4;", ";3;"), held):
        bring_in(deployment, tmp_path, row)
        told.append(load_all(deployment)["held"])
    query = """
        select data -> 'replaced' -> 'answers' -> 0 ->> 'raw_value' from landing.event_held
        where event_type = 'correction.amended' order by kafka_offset
    """

    assert told == [1, 1, 1]
    assert rows(deployment, query) == [("3",), ("4",)]


def test_corrections_of_others_count_as_they_do_in_the_figures(deployment, tmp_path):
    bring_in(deployment, tmp_path, FIRST)
    load_all(deployment)
    ((event_id,),) = rows(deployment, "select event_id from landing.event")
    ref = {"ref_source": MAPPING["source"], "ref_id": event_id, "reason": "keying_error", "who_role": "expert"}
    answer = {"question_code": "overall", "question_version": 1, "scale_code": "rating_5"}
    amended, withdrawn = (f"fi.pulssi.correction.{name}.v1" for name in ("amended", "withdrawn"))
    for number, (source, time, event_type, data) in enumerate(
        [
            ("/agencies/kela/system", "12:00", amended, {"replaced": {"answers": [{**answer, "raw_value": 3}]}}),
            ("/agencies/kela/system", "11:00", amended, {"replaced": {"answers": [{**answer, "raw_value": 2}]}}),
            ("/agencies/vero/system", "13:00", withdrawn, {}),
        ]
    ):
        told = {"subject": "turku", "time": f"2026-10-06T{time}:00+03:00", "receivedtime": "2026-10-06T15:00:00Z"}
        send(deployment, [line(number, source=source, type=event_type, data=ref | data, **told)])
        assert load_all(deployment)["accepted"] == 1

    assert bring_in(deployment, tmp_path, FIRST.replace(";4;", ";3;")) == {"as_before": 1}
    assert bring_in(deployment, tmp_path, FIRST) == {"amended": 1}


def test_what_no_correction_can_say_is_set_aside_with_what_to_do(deployment, tmp_path):
    bring_in(deployment, tmp_path, FIRST, SECOND)
    load_all(deployment)
    for row, reason in (
        (FIRST.replace("turku", "salo"), "subject: has changed"),
        (SECOND.replace("0007", "0008"), "data.visit_key: has changed"),
        (SECOND.replace("Soita 040 123 4567", ""), "data.text: is empty now"),
    ):
        report = Report()
        (tmp_path / "forms.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
        mapping = read_mapping(tmp_path / "forms.yml", contracts.read_contracts())
        deliver(deployment, tmp_path / "forms.csv", mapping, report, 0)

        ((told, (count, first_line)),) = report.skipped.items()
        assert told.startswith(f"{reason}, which no correction can say: withdraw the event")
        assert (count, first_line) == (1, 2)


def test_a_file_waits_until_an_earlier_one_of_its_source_is_loaded(deployment, tmp_path):
    bring_in(deployment, tmp_path, FIRST)

    with pytest.raises(NotYetLoaded, match=r"forms\.csv, which came before, is not loaded yet"):
        bring_in(deployment, tmp_path, FIRST.replace(";4;", ";3;"))
    assert bring_in(deployment, tmp_path, FIRST) == {"new": 1}  # the same file may come again at once
    load_all(deployment)

    assert bring_in(deployment, tmp_path, FIRST.replace(";4;", ";3;")) == {"amended": 1}


def test_a_file_waits_while_events_of_its_source_are_parked(deployment, tmp_path):
    with database.connect(deployment) as connection:
        connection.execute(
            "insert into ops.breaker (source, state, judged_count, bad_count, window_started_at, opened_at, "
            "pause_ends_at) values (%s, 'open', 0, 0, now(), now(), now() + interval '1 hour')",
            (MAPPING["source"],),
        )
    bring_in(deployment, tmp_path, FIRST)
    load_all(deployment)
    with pytest.raises(NotYetLoaded, match="/agencies/kela/paper_forms is stopped and events of it are parked"):
        bring_in(deployment, tmp_path, FIRST.replace(";4;", ";3;"))

    with database.connect(deployment) as connection:
        connection.execute("delete from ops.breaker")
    load_all(deployment)

    assert bring_in(deployment, tmp_path, FIRST.replace(";4;", ";3;")) == {"amended": 1}


def test_a_sender_that_dies_before_it_has_noted_its_end_doubles_nothing(deployment, tmp_path, monkeypatch):
    bring_in(deployment, tmp_path, FIRST, SECOND)
    load_all(deployment)
    corrected = [FIRST.replace(";4;", ";3;"), SECOND]

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_finish", die)
        with pytest.raises(KeyboardInterrupt):
            bring_in(deployment, tmp_path, *corrected)
    bring_in(deployment, tmp_path, *corrected)

    assert load_all(deployment) == {"accepted": 1, "duplicate": 1, "rejected": 0, "held": 0}
    assert bring_in(deployment, tmp_path, *corrected) == {"as_before": 2}


def test_ids_from_content_say_that_corrections_cannot_be_seen(deployment, tmp_path):
    assert bring_in(deployment, tmp_path, FIRST, FIRST, identity="content") == {"new": 2}
    assert bring_in(deployment, tmp_path, FIRST, FIRST, identity="content") == {"new": 2}
    assert load_all(deployment) == {"accepted": 2, "duplicate": 2, "rejected": 0, "held": 0}

    report = Report(shows_corrections=False)
    assert any("corrections cannot be seen" in line for line in report.lines())


def test_a_time_of_receipt_that_is_not_trusted_stops_the_file(deployment, tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    with pytest.raises(ActionNeeded, match=r"received_time is given, but deployment .* does not trust it"):
        bring_in(_untrusting(deployment), tmp_path, FIRST, received_time="2026-10-07T00:00:00+03:00")


def _untrusting(settings):
    from dataclasses import replace

    return replace(settings, deployment=replace(settings.deployment, trusts_received_time=False))
