"""Installations' files: what is wrong with one is said with its field, its value and the fix."""

import json
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from infra.errors import ActionNeeded
from infra.settings import ROOT, read_deployment
from ingest.adapters.adapter import adapters
from ingest.adapters.installations import read_installation, read_installations

HERE = Path(__file__).parent
ZONE = ZoneInfo("Europe/Helsinki")


def written(tmp_path, text, name="smiley.yml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def changed(**changes):
    """The recorded smiley installation with fields replaced; a dotted path leads into it, None takes away."""
    content = yaml.safe_load((HERE / "smiley_device" / "installation.yml").read_text(encoding="utf-8"))
    for place, value in changes.items():
        *parents, last = place.split("__")
        holder = content
        for parent in parents:
            holder = holder[int(parent) if parent.isdigit() else parent]
        if value is None:
            del holder[last]
        else:
            holder[last] = value
    return yaml.safe_dump(content)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "is not YAML: line 1, column 5: "),
        ("[]", "give adapter, source and settings"),
        (changed(adapter=None), "adapter: missing"),
        (changed(adapter="smily"), "adapter: there is no 'smily': give one of booking_system, queue_system, smiley"),
        (changed(sources="/points"), "sources: unknown: known ones are adapter, settings, source, time_zone"),
        (changed(source="points"), "source is 'points': give a path such as /points"),
        (changed(time_zone="Helsinki"), "time_zone is 'Helsinki': give an IANA name"),
        (changed(settings__scales=None), "settings.scales: missing: give each scale's raw values"),
        (changed(settings__devices__41001__scale=None), "settings.devices.41001.scale: missing: give the scale of its"),
        (changed(settings__devices__41001__scale="f9"), "settings.devices.41001.scale is 'f9': give one of set"),
        (changed(settings__devices__41001__link="lora"), "settings.devices.41001.link is 'lora': "),
        (changed(settings__devices__41001__colour="red"), "settings.devices.41001.colour: unknown: leave it out"),
        (changed(settings__devices__41001__path="mikkeli"), "give what the device's source has after the installation"),
        ("adapter: smiley_device\nsource: /points\nsettings: {no: {}}", "the key False as no text: put it in quotes"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_explained_by_field_value_and_fix(tmp_path, text, says):
    path = written(tmp_path, text)

    with pytest.raises(ActionNeeded) as problem:
        read_installation(path, ZONE)

    assert str(problem.value).startswith(str(path))
    assert says in str(problem.value)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("agency: kela", "agency: Kela!", "settings.queues.kela_walk_in.agency is 'Kela!': "),
        ("agency: kela", "agency: Kela!", ": give the agency code of the reference data"),
        ("serving: referred", "serving: sent_on", "settings.outcomes.REFERRED.serving is 'sent_on': "),
        ("serving: referred", "serving: sent_on", ": give one of our end states, or transferred"),
    ],
)
def test_a_wrong_code_is_explained_where_the_schema_is_shared(tmp_path, right, wrong, says):
    text = (HERE / "queue_system" / "installation.yml").read_text(encoding="utf-8").replace(right, wrong)

    with pytest.raises(ActionNeeded) as problem:
        read_installation(written(tmp_path, text), ZONE)

    assert says in str(problem.value)


def test_the_name_of_the_file_is_part_of_an_address(tmp_path):
    path = written(tmp_path, changed(), "Smiley A.yml")

    with pytest.raises(ActionNeeded, match="name the file with small letters"):
        read_installation(path, ZONE)


def test_codes_that_are_numbers_in_yaml_are_texts_as_in_json(tmp_path):
    installation = read_installation(written(tmp_path, changed()), ZONE)

    assert set(installation.settings["devices"]) == {"41001", "41002", "41003"}
    assert installation.settings["questions"]["900"]["options"]["2"] == "filed"


@pytest.mark.parametrize(
    "deployment", sorted(path.parent.name for path in (ROOT / "infra/deployments").glob("*/*.yml"))
)
def test_the_installations_of_the_deployments_here_can_be_read(deployment):
    installations = read_installations(read_deployment(deployment))

    assert deployment != "demo" or {one.adapter for one in installations.values()} == set(adapters())


def test_an_adapter_is_found_because_it_is_there():
    assert {"smiley_device", "queue_system", "booking_system", "sms_provider"} <= adapters().keys()
    assert "payloads" not in adapters()


def test_a_dry_run_prints_the_events_and_what_is_wrong(tmp_path):
    payloads = [
        json.loads((HERE / "queue_system" / f"{name}.json").read_text(encoding="utf-8"))["payload"]
        | {"branchId": "B701"}
        for name in ("called", "unknown_queue")
    ]
    file = written(tmp_path, "\n".join(json.dumps(payload) for payload in payloads), "payloads.ndjson")

    result = subprocess.run(
        [sys.executable, "-m", "infra", "adapters", "translate", "queue_vendor", str(file)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip

    assert result.returncode == 1
    assert json.loads(result.stdout)["type"] == "fi.pulssi.queue.called.v1"
    assert result.stderr.startswith("payload 2: queueId: a code that settings.queues does not list")
