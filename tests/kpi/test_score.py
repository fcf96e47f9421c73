"""The score command against a released month: what is wrong shows as wrong."""

import json

import pytest
from click.testing import CliRunner
from hand_made_warehouse import MONTH, build, cutoff, gate

from infra import database
from infra.errors import ActionNeeded
from kpi.estimate import estimate_month
from kpi.release import release_month
from kpi.score import score

pytestmark = pytest.mark.services
FAULT_COLUMNS = "fault_id,kind,service_point_id,source,starts_at,ends_at,event_count,description"
WINDOW = "2026-10-01T00:00:00+03:00,2026-10-02T00:00:00+03:00"


@pytest.fixture(scope="module")
def released(make_deployment):
    settings, environment = make_deployment()
    build(settings)
    estimate_month(settings, MONTH, cutoff(settings), "final")
    gate(settings, "release")
    release_month(settings, MONTH, cutoff(settings), "final")
    return settings, environment


def write_truth(settings, *faults, texts=("010170-999R",)):
    folder = settings.output / "simulated" / "truth"
    folder.mkdir(parents=True, exist_ok=True)
    values = (
        "period,level,level_id,metric_id,collection_mode,true_value,realised_value,replication_count,realised_count\n"
    )
    row = "2026-10-01,service_point,helmi,visits,queue_system,82,80,20,80\n"
    (folder / "metric_values.csv").write_text(values + row)
    (folder / "planted_faults.csv").write_text("\n".join([FAULT_COLUMNS, *faults]) + "\n")
    (folder / "devices.csv").write_text("source,clock_offset_seconds\n/points/helmi/devices/fb1,1500\n")
    lines = [f"event,source,identity_code,{text}" for text in texts]
    (folder / "personal_data.csv").write_text("\n".join(["event_id,source,kind,value", *lines]) + "\n")


def scored(released):
    settings, environment = released
    result = CliRunner(env=environment).invoke(score, ["2026-10"], catch_exceptions=False)
    return result.output, json.loads((settings.output / "score" / "2026-10.1" / "score.json").read_text())


def run(settings, statement):
    with database.connect(settings) as connection:
        connection.execute(statement)


def test_a_metric_is_compared_with_the_truth(released):
    write_truth(released[0], f"1,redelivery,,,{WINDOW},0,none")

    _, written = scored(released)

    [row] = [row for row in written["metrics"] if row["compared"]]
    assert (row["metric_id"], row["mean_difference"], row["covering_true_share"]) == ("visits", 0, 1)


def test_duplicates_that_the_ledger_lacks_are_shown_as_wrong(released):
    write_truth(released[0], f"1,redelivery,,,{WINDOW},7,sent again")

    output, written = scored(released)

    assert written["faults"] == [
        {
            "kind": "redelivery",
            "place": "everywhere",
            "planted": "7 events",
            "found": "0 duplicates in the ledger",
            "is_as_planted": False,
        }
    ]
    assert "WRONG" in output
    assert "0 of 1 as planted" in output


def test_personal_data_is_found_in_whatever_table_it_reached(released):
    settings = released[0]
    write_truth(settings, f"1,personal_data,,,{WINDOW},1,texts", texts=("leaked@example.fi", "absent@example.fi"))
    assert scored(released)[1]["faults"][0]["is_as_planted"]
    run(settings, "create table warehouse.stray as select 'write to leaked@example.fi' as remark")

    [finding] = scored(released)[1]["faults"]

    assert (finding["found"], finding["is_as_planted"]) == ("1 rows of warehouse.stray", False)


def test_a_clock_that_is_flagged_with_another_offset_is_shown_as_wrong(released):
    settings = released[0]
    write_truth(settings, f"1,wrong_clock,helmi,/points/helmi/devices/fb1,{WINDOW},9,ahead")
    run(
        settings,
        """
        create table warehouse.fct_device_clocks as
        select * from (values ('/points/helmi/devices/fb1', date '2026-10-01', 1490, true, false))
        as clocks (source, received_date, clock_offset_seconds, is_clock_wrong, is_corrected)
        """,
    )
    assert scored(released)[1]["faults"][0]["is_as_planted"]
    run(settings, "update warehouse.fct_device_clocks set clock_offset_seconds = -1500")

    [finding] = scored(released)[1]["faults"]

    assert finding["found"] == "0 of 1 days with that offset, 0 others flagged, 0 days corrected"
    assert not finding["is_as_planted"]


def test_a_fault_of_a_month_that_was_not_built_is_not_looked_for_in_its_figures(released):
    window = "2026-08-03T06:00:00Z,2026-08-05T06:00:00Z"
    write_truth(released[0], f"1,dead_device,helmi,/points/helmi/devices/fb1,{window},9,dead")

    assert scored(released)[1]["faults"] == []


def test_an_hour_that_was_silent_and_is_shown_as_measured_is_wrong(released):
    settings = released[0]
    write_truth(settings, f"1,redelivery,,,{WINDOW},0,none")
    hours = settings.output / "simulated" / "truth" / "hours.csv"
    rows = [f"helmi,/points/helmi/devices/fb1,2026-10-05T0{hour}:00:00Z,60,silent" for hour in (6, 7)]
    hours.write_text("\n".join(["service_point_id,source,hour_starts_at,opening_minutes,state", *rows]) + "\n")
    run(
        settings,
        """
        create table warehouse.fct_source_hours as
        select '/points/helmi/devices/fb1' as source, date '2026-10-05' as opening_date, hour_starts_at, state
        from (values (timestamptz '2026-10-05 06:00Z', 'silent'), (timestamptz '2026-10-05 07:00Z', 'silent'))
        as hours (hour_starts_at, state)
        """,
    )
    assert scored(released)[1]["faults"][-1]["is_as_planted"]
    run(settings, "update warehouse.fct_source_hours set state = 'measured' where hour_starts_at = '2026-10-05 07:00Z'")

    finding = scored(released)[1]["faults"][-1]

    hours.unlink()
    assert finding["found"] == "1 as in truth, 1 not, 0 not shown; 1 silent shown measured"
    assert not finding["is_as_planted"]


def test_a_kind_that_nothing_looks_for_is_not_passed_over(released):
    write_truth(released[0], f"1,solar_flare,helmi,,{WINDOW},3,new")

    [finding] = scored(released)[1]["faults"]

    assert (finding["found"], finding["is_as_planted"]) == ("nothing looks for this", False)


def test_a_deployment_without_truth_cannot_be_scored(make_deployment):
    _, environment = make_deployment()

    with pytest.raises(ActionNeeded, match="only what pulssi simulate made can be scored"):
        CliRunner(env=environment).invoke(score, ["2026-10"], catch_exceptions=False)
