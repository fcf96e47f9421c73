"""Bad events and payloads without end: valid ones spoilt in one or several ways, by a seed."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from infra.settings import ROOT
from ingest.contract_documents import examples
from ingest.contracts import read_contracts

# What no library writes: put in for a mark, after the event has become JSON.
RAW = [
    b"1e400", b"-1e400", b"1" * 400, b"-0", b"1.0", b"4.0000000000000001", b"NaN", b"Infinity", b"01", b"+1", b"1.",
    b'"\\ud800"', b'"\\u0000"', b'"\\u12"', b'"\\x41"', b'"\xff\xfe"', b'"\xed\xa0\x80"', b'"\xc0\xaf"', b"'a'",
    b"undefined", b"", b",", b"/* */ 1", b"[" * 200 + b"]" * 200, b'{"a":' * 40 + b"1" + b"}" * 40, b'{"a":1,"a":2}',
]  # fmt: skip
STRINGS = [
    "", " ", "\n", "a" * 70_000, "ä" * 200, "\u202e", "\ufeff", "\U0001f600" * 50, "' or 1=1 --", "${jndi:ldap://x}",
    "../../etc/passwd", "%00", "<script>", "131052-308T", "matti.meikalainen@example.org", "040 123 4567",
    "FI21 1234 5600 0007 85", "null", "1", "true", "/points/mikkeli", "mikkeli", "\\N", "\t\\.\n", "{}", "1e5", "0x1f",
]  # fmt: skip
TIMES = [
    "2026-02-30T09:15:00+03:00", "2026-10-05T24:00:00+03:00", "2026-10-05T09:15:60Z", "2026-12-31T23:59:60Z",
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z",
    "2026-10-05", "2026-10-05 09:15:00", "20261005T091500Z", "2026-10-05T09:15:00", "2026-W41-1T09:15:00Z",
    "2026-10-05T09:15:00+99:99", "2026-10-05T09:15:00.1234567890123Z", "2012-01-01T00:00:00Z", "2099-01-01T00:00:00Z",
    "2026-03-29T03:30:00+02:00", "2026-10-25T03:30:00+03:00", "2026-10-05t09:15:00z", "١٢٣٤-01-01T00:00:00Z",
]  # fmt: skip
NUMBERS = [0, -1, 1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63), 2**64 - 1, 0.5, 1e308, -1e-320, 1e17]
_MARK = '"@raw-%d@"'

Change = Callable[[random.Random, dict[str, Any]], None]


class Spoiler:
    """Spoils events. The same seed gives the same inputs; *values* come from Hypothesis, which seeks the odd ones."""

    def __init__(self, seed: int, value_count: int = 2000) -> None:
        self.random = random.Random(seed)
        self.values = [*drawn_values(seed, value_count), *STRINGS, *TIMES, *NUMBERS, None, True, False, [], {}]
        contracts = read_contracts().values()
        self.templates = [orjson.dumps(example) for contract in contracts for example in examples(contract)]
        self.types = [contract.type for contract in contracts]
        self.payloads = vendor_payloads()
        self.ids: list[str] = []
        self.number = 0

    def event(self) -> bytes:
        """One event that is most likely bad, as JSON or as what should have been JSON."""
        event = orjson.loads(self.random.choice(self.templates))
        event.pop("receivedtime", None)
        event["id"] = self.new_id()
        for _ in range(1 + int(self.random.random() < 0.3)):
            self.random.choice(_CHANGES)(self, event)
        return self.encoded(event)

    def payload(self, installation: str) -> bytes:
        """A vendor's payload, spoilt."""
        payload = orjson.loads(self.random.choice(self.payloads[installation]))
        for _ in range(1 + int(self.random.random() < 0.3)):
            self.spoil_value(payload)
        return self.encoded(payload)

    def garbled(self, content: bytes) -> bytes:
        """Bytes turned, cut out, doubled or put in."""
        broken = bytearray(content)
        for _ in range(self.random.randint(1, 4)):
            place = self.random.randrange(len(broken) + 1)
            match self.random.randrange(5):
                case 0:
                    broken[place : place + 1] = bytes([self.random.randrange(256)])
                case 1:
                    del broken[place : place + self.random.randint(1, 30)]
                case 2:
                    broken[place:place] = broken[place : place + self.random.randint(1, 30)]
                case 3:
                    broken[place:place] = self.random.randbytes(self.random.randint(1, 8))
                case 4:
                    del broken[place:]
        return bytes(broken)

    def new_id(self) -> str:
        if self.ids and self.random.random() < 0.03:
            return self.random.choice(self.ids)
        self.number += 1
        event_id = f"fuzz-{self.random.getrandbits(32):08x}-{self.number}"
        if len(self.ids) < 10_000:
            self.ids.append(event_id)
        return event_id

    def encoded(self, content: Any) -> bytes:
        try:
            encoded = orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)
        except (orjson.JSONEncodeError, RecursionError):
            encoded = json.dumps(content, default=str).encode("utf-8", "surrogatepass")
        if b"@raw-" in encoded:
            for number, raw in enumerate(RAW):
                encoded = encoded.replace((_MARK % number).encode(), raw)
        return encoded

    def odd(self) -> Any:
        if self.random.random() < 0.15:
            return f"@raw-{self.random.randrange(len(RAW))}@"
        value = self.random.choice(self.values)
        return copy.deepcopy(value) if isinstance(value, list | dict) else value

    def spoil_value(self, content: dict[str, Any]) -> None:
        holder, name = self._place(content)
        match self.random.randrange(10):
            case 0:
                del holder[name]
            case 1 if isinstance(holder, dict):
                holder[self.odd_name()] = self.odd()
            case 2:
                holder[name] = [holder[name]]
            case 3:
                holder[name] = str(holder[name])
            case 4 if isinstance(holder, dict):
                holder[self.odd_name()] = holder.pop(name)
            case _:
                holder[name] = self.odd()

    def _place(self, content: dict[str, Any]) -> tuple[Any, Any]:
        """A field anywhere in *content*, as its holder and its name."""
        holder: Any = content
        while True:
            names = list(holder) if isinstance(holder, dict) else range(len(holder))
            name = self.random.choice(names)
            if not isinstance(holder[name], dict | list) or not holder[name] or self.random.random() < 0.2:
                return holder, name
            holder = holder[name]

    def odd_name(self) -> str:
        names = [
            "name",
            "phone_number",
            "data",
            "__proto__",
            "",
            "a" * 300,
            "ä",
            "$ref",
            "id ",
            "hetu",
            "\u0001",
            "041",
        ]
        return self.random.choice(names)


def _change_time(spoiler: Spoiler, event: dict[str, Any]) -> None:
    event["time"] = spoiler.random.choice(TIMES)


def _change_type(spoiler: Spoiler, event: dict[str, Any]) -> None:
    others = [*spoiler.types, "fi.pulssi.feedback.given.v2", "fi.pulssi..v1", "fi.pulssi.a.untranslated.v1", ""]
    event["type"] = spoiler.random.choice(others)


def _add_field(spoiler: Spoiler, event: dict[str, Any]) -> None:
    holder = event if spoiler.random.random() < 0.5 else event.get("data")
    if isinstance(holder, dict):
        holder[spoiler.odd_name()] = spoiler.odd()


def _change_data(spoiler: Spoiler, event: dict[str, Any]) -> None:
    if isinstance(event.get("data"), dict) and event["data"]:
        spoiler.spoil_value(event["data"])


def _change_any(spoiler: Spoiler, event: dict[str, Any]) -> None:
    spoiler.spoil_value(event)


_CHANGES = [_change_time, _change_type, _add_field, _change_data, _change_data, _change_any, _change_any]


def vendor_payloads() -> dict[str, list[bytes]]:
    """The recorded payloads of each adapter, by the demo's installation of it."""
    folder = ROOT / "infra" / "deployments" / "demo" / "installations"
    found = {}
    for file in sorted(folder.glob("*.yml")):
        adapter = file.read_text(encoding="utf-8").partition("adapter: ")[2].split()[0]
        recorded = sorted((ROOT / "tests" / "ingest" / "adapters" / adapter).glob("*.json"))
        found[file.stem] = [orjson.dumps(_payload(path)) for path in recorded]
    return {installation: payloads for installation, payloads in found.items() if payloads}


def _payload(path: Path) -> Any:
    content = orjson.loads(path.read_bytes())
    return content.get("payload", content) if isinstance(content, dict) else content


def drawn_values(seed: int, count: int) -> Iterator[Any]:
    """Values that Hypothesis makes of JSON's kinds, nested too."""
    words = st.text(max_size=30)
    numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    values = st.recursive(
        st.none() | st.booleans() | numbers | words,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
        max_leaves=10,
    )
    drawn: list[Any] = []

    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(values)
    def draw(value: Any) -> None:
        drawn.append(value)

    from hypothesis import seed as seeded

    seeded(seed)(draw)()
    return iter(drawn)
