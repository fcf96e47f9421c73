"""Deployments made to be simulated: complete, without clashes, and the same each time."""

from collections import Counter

import pytest
import yaml
from click.testing import CliRunner

from infra.errors import ActionNeeded
from infra.months import parse_month
from infra.settings import read_deployment
from ingest.reference.files import read_reference
from ingest.simulator.country import country, write_country
from ingest.simulator.simulation import read_inputs


@pytest.mark.parametrize("count", [5, 12, 40, 83])
def test_a_country_has_as_many_points_each_with_sources_of_its_own(tmp_path, count):
    folder = tmp_path / "country"
    write_country(folder, count)

    later = folder / "registered_later"
    reference = read_reference([folder, *([later] if later.is_dir() else [])])
    inputs = read_inputs(read_deployment(str(folder)), [parse_month("2026-10")])

    assert len(reference["service_points.csv"]) == len(inputs.world.points) == count
    installed = Counter(source for point in inputs.world.points for source in point.installed.values())
    assert set(installed.values()) == {1}
    assert all(
        f"/{point.service_point_id}/" in source for point in inputs.world.points for source in point.installed.values()
    )


def test_the_same_number_of_points_gives_the_same_files(tmp_path):
    write_country(tmp_path / "one" / "country", 50)
    write_country(tmp_path / "other" / "country", 50)

    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_what_is_planted_is_at_points_that_exist(tmp_path):
    write_country(tmp_path / "country", 60)
    scenario = yaml.safe_load((tmp_path / "country" / "simulation.yml").read_text())
    names = {row.split(",")[0] for row in (tmp_path / "country" / "service_points.csv").read_text().splitlines()[1:]}

    changed = [change["service_point_id"] for change in scenario["changes"]]
    assert set(changed) <= names | {"joensuu"}
    assert len(set(changed)) == len(changed) > 8
    assert scenario["faults"]["dead_device"]


def test_a_country_without_faults_has_none(tmp_path):
    write_country(tmp_path / "country", 8, has_faults=False)
    faults = yaml.safe_load((tmp_path / "country" / "simulation.yml").read_text())["faults"]

    assert not any(of_kind for kind, of_kind in faults.items() if kind != "unknown_point")


def test_a_folder_with_files_is_not_written_over(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(ActionNeeded, match="not empty"):
        CliRunner().invoke(country, [str(tmp_path)], catch_exceptions=False)


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
