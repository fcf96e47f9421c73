"""Personal data of every kind, sent through every way in, is found in no table, log or file but in the quarantine."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml
from loading import register, rows
from searching import found_in_files, found_in_tables
from secrets_sent import FULL_NAMES, LIKE_CODES, events, needles, secrets_of, texts
from serving import new_token, serving

from ingest.keys import open_sealed

pytestmark = pytest.mark.services

ADAPTERS = Path(__file__).parents[1] / "adapters"
MAPPING = {
    "event": "fi.pulssi.feedback.given.v1",
    "source": "/agencies/kela/paper_forms",
    "identity": ["lomake"],
    "time": {"column": "aika", "format": "finnish", "precision": "day", "time_zone": "Europe/Helsinki"},
    "subject": {"column": "piste"},
    "data": {
        "mode": "survey",
        "answers": [{"question_code": "overall", "question_version": 1, "scale_code": "rating_5",
                     "raw_value": {"column": "arvosana", "type": "integer"}}],
        "text": {"column": "sana"},
    },
}  # fmt: skip
RIGHT = {"lomake": "9", "aika": "5.10.2026", "piste": "turku", "arvosana": "4", "sana": "x"}
HEADER = list(RIGHT)


@pytest.fixture(scope="module")
def searched(make_deployment, service_environment, tmp_path_factory):
    """A deployment that was sent all secrets by every way, loaded and showed what it got; and the folder of files."""
    settings, environment = make_deployment()
    with (settings.deployment.folder / "deployment.yml").open("a") as file:
        file.write("breaker: {minimum_count: 1000000}\n")  # what is parked would not be landed
    register(settings, "mikkeli", "turku")
    folder = settings.deployment.folder / "installations"
    folder.mkdir()
    for adapter in ("smiley_device", "queue_system", "booking_system", "sms_provider"):
        shutil.copy(ADAPTERS / adapter / "installation.yml", folder / f"{adapter}.yml")
    points, agencies = (new_token(settings, path, f"/{path}", None) for path in ("points", "agencies"))
    port = int(service_environment["PULSSI_KAFKA_PORT"]) + 11
    with serving(environment, port, "--events-per-second", "1000000", "--burst-events", "1000000") as address:
        send_events(address, points)
        send_payloads(address, points, agencies)
    files = tmp_path_factory.mktemp("files")
    drop_files(environment, files)
    sent = tmp_path_factory.mktemp("sent") / "events.ndjson"
    sent.write_bytes(b"\n".join(events(secrets_of("kafka"), "kafka", 5000)))
    run(environment, "produce", str(sent))
    for command in (("load",), ("dead-letters", "list"), ("dead-letters", "replay"), ("load",), ("ledger",)):
        run(environment, *command)
    return settings, files


def run(environment, *arguments):
    """A command as a person runs it; what it says goes to a log of the installation."""
    with (Path(environment["PULSSI_HOME"]) / "commands.log").open("ab") as log:
        command = [sys.executable, "-m", "infra", *arguments]
        subprocess.run(command, env=environment, stdout=log, stderr=log, check=False)


def send_events(address, token):
    secrets = secrets_of("gateway")
    sent = list(events(secrets, "gateway", 1000))
    headers = {"Authorization": f"Bearer {token}"}
    # The gateway closes a connection whose request it refused unread; the client opens another one.
    transport = httpx.HTTPTransport(retries=2, limits=httpx.Limits(max_keepalive_connections=0))
    with httpx.Client(base_url=address, headers=headers, timeout=60, transport=transport) as client:
        for path in ("/v1/events", "/v1/conformance"):
            for begin in range(0, len(sent), 20):
                body = b"\n".join(sent[begin : begin + 20])
                client.post(path, content=body, headers={"Content-Type": "application/x-ndjson"})
            for body in sent[::9]:
                client.post(path, content=body, headers={"Content-Type": "application/cloudevents+json"})
        for secret in [*secrets.values(), secrets["name"].lower().replace(" ", ".")]:
            told = {"ce-specversion": "1.0", "ce-id": secret, "ce-source": f"/points/{secret}", "ce-type": secret,
                    "User-Agent": secret, "X-Customer": secret, "Pulssi-Received-Time": secret}  # fmt: skip
            client.post("/v1/events", content=json.dumps({"text": secret}), headers=told)
            client.post(f"/v1/webhooks/{secret}", json={"text": secret}, params={"customer": secret})
            client.get(f"/{secret}", headers={"Authorization": f"Bearer {secret}"})


def send_payloads(address, points, agencies):
    """What vendors may send: good payloads with secrets in texts, and those that no adapter can read."""
    secrets = secrets_of("webhook")
    for installation, name, token in (
        ("smiley_device", "text", points),
        ("queue_system", "ticket_created", points),
        ("booking_system", "booked", agencies),
        ("sms_provider", "answer_with_words", agencies),
    ):
        recorded = json.loads((ADAPTERS / installation / f"{name}.json").read_text(encoding="utf-8"))["payload"]
        payloads = [recorded | {"text": text, "note": text} for text in texts(secrets)]
        for kind, secret in secrets.items():
            payloads += [{secret: secret}, {"event": secret}, secret, [secret]]
            if kind not in LIKE_CODES:
                payloads += [recorded | {field: secret} for field in recorded]
        payloads.append(recorded | {"from": secrets["phone"], "contactName": secrets["name"], "customer": secrets})
        for number, payload in enumerate(payloads):
            if isinstance(payload, dict):
                own = [name for name in ("feedbackId", "messageId") if payload.get(name) == recorded.get(name)]
                payload |= dict.fromkeys(own, f"{number:08}-0000-4000-8000-000000000000")
        body = b"\n".join(json.dumps(payload).encode() for payload in payloads)
        for content in (body, body[:-2], json.dumps(payloads[-1]).encode()[:-2]):
            answer = httpx.post(
                f"{address}/v1/webhooks/{installation}",
                content=content,
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                timeout=60,
            )
            assert answer.status_code < 500


def drop_files(environment, root):
    secrets = secrets_of("file")
    good = [[str(number), "5.10.2026", "turku", "4", text] for number, text in enumerate(texts(secrets))]
    bad = [
        [secret if column == name else value for column, value in RIGHT.items()]
        for secret in secrets.values()
        for name in HEADER
    ]
    tables = {
        "lomakkeet.csv": [HEADER, *good, *bad],
        "ilman_otsikkoa.csv": [list(secrets.values())[:5], *good],
        "vinot.csv": [HEADER, *([*row, secrets["name"]] for row in good)],
        f"{secrets['name']} {secrets['identity_code']}.csv": [HEADER, *good[:1]],
    }
    contents = {
        name: "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in table).encode()
        for name, table in tables.items()
    }
    contents["rikki.xlsx"] = secrets["name"].encode()
    contents["latin.csv"] = f"lomake;{secrets['name']}\n\xe4\xff;{secrets['email']}\n".encode("latin-1")
    for number, (name, content) in enumerate(contents.items()):
        folder = root / f"forms{number}"
        folder.mkdir()
        (folder / name).write_bytes(content)
        mapping = MAPPING | {"source": f"/agencies/kela/forms{number}"}  # no file waits for the one before
        (folder / "mapping.yml").write_text(yaml.safe_dump(mapping), encoding="utf-8")
    run(environment, "ingest", "folder", str(root), "--seconds", "0.1")


def test_no_table_and_no_file_but_the_quarantine_holds_what_was_sent(searched):
    settings, _ = searched
    told = {needle for way in FULL_NAMES for needle in needles(way)}

    assert found_in_tables(settings, told) == set()
    assert found_in_files(settings, told) == set()


def test_what_people_wrote_is_there_with_the_kinds_in_place_of_the_secrets(searched):
    settings, _ = searched
    landed = "\n".join(row[0] for row in rows(settings, "select data::text from landing.event"))

    for kind, secret in secrets_of("kafka").items():
        assert f"[{kind}]" in landed, secret
    assert "kiireinen" in landed
    sources = {row[0].split("/")[1] for row in rows(settings, "select distinct source from landing.event")}
    assert sources == {"points", "agencies"}


def test_dead_letters_hold_it_only_sealed(searched):
    settings, _ = searched
    sealed = [bytes(row[0]) for row in rows(settings, "select sealed_bytes from ops.dead_letter") if row[0]]
    opened = b"\n".join(open_sealed(settings, each) for each in sealed)

    for way in ("webhook", "kafka"):
        assert secrets_of(way)["email"].encode() in opened


def test_files_are_quarantine_that_only_their_owner_reads_and_their_reports_hold_no_cell(searched):
    _, root = searched
    told = set(needles("file"))
    put_away = [path for path in root.rglob("*") if path.parent.name in ("done", "failed")]
    reports = [path for path in put_away if ".report." in path.name]

    assert len(put_away) == 3 * len(reports) / 2 == 18
    assert [path.name for path in put_away if path not in reports and path.stat().st_mode & 0o077] == []
    assert [path.name for path in reports for needle in told if needle in path.read_bytes().lower()] == []


def test_the_search_finds_what_is_there(searched):
    settings, _ = searched
    log = settings.home / "planted.log"
    log.write_text("kiireinen")

    assert ("planted.log", "kiireinen", "kiireinen") in found_in_files(settings, {b"kiireinen"})
    assert "landing.event" in {table for table, *_ in found_in_tables(settings, {b"kiireinen"})}
    log.unlink()
