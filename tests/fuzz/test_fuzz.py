"""A short run of what make fuzz does at length, and the same inputs at both doors without a network in between."""

from datetime import UTC, datetime, timedelta

import fuzz_gateway
import nacl.public
import orjson
import pytest
from bad_inputs import Spoiler
from loading import register

from infra.settings import read_settings
from ingest.contracts import read_contracts
from ingest.events import Door, Event, Rejection, parse
from ingest.gateway.judging import Judge
from ingest.gateway.tokens import Token
from ingest.keys import Keys

NOW = datetime(2026, 10, 5, 6, 15, 3, tzinfo=UTC)
CONTRACTS = read_contracts()


def test_gateway_and_loader_agree_about_spoilt_events_of_every_contract():
    judge = Judge(read_settings({}), CONTRACTS, 32)
    token = Token(1, "d1", "/", None, NOW + timedelta(days=1))
    door = Door(CONTRACTS, Keys(b"k" * 32, nacl.public.PrivateKey(b"p" * 32).public_key), trusts_received_time=True)
    spoiler = Spoiler(seed=7, value_count=200)
    taken = refused = 0

    for _ in range(3000):
        sent = spoiler.event()
        try:
            item = orjson.loads(sent)
        except orjson.JSONDecodeError:
            continue
        if not str(item.get("source", "/")).startswith("/"):
            continue  # refused as another installation's
        messages = judge.judge([item], token, NOW).messages
        stored = parse(messages[0].value if messages else sent, 0, 0, NOW, door)

        assert isinstance(stored, Event if messages else Rejection), sent[:500]
        taken, refused = taken + bool(messages), refused + (not messages)

    assert taken > 100
    assert refused > 1000


@pytest.mark.services
def test_some_thousand_bad_inputs_are_refused_or_set_aside_and_the_ledger_balances(
    make_deployment, unused_port, monkeypatch
):
    settings, environment = make_deployment()
    register(settings, "mikkeli")
    monkeypatch.setattr(fuzz_gateway, "PORT", unused_port)

    assert fuzz_gateway.fuzz(settings, environment, count=3000, seed=7) == []
