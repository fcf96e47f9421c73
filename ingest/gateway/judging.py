"""Which events of a request go to Kafka, and what is said of the others: by the same checks as the loader's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import orjson

from infra.settings import Settings
from ingest.contracts import Contract
from ingest.events import Refused, attribution, check, check_storable
from ingest.field_values import depth, field_and_value, shortened
from ingest.gateway.answers import Refusal
from ingest.gateway.bodies import Unreadable
from ingest.gateway.tokens import Token
from ingest.kafka_client import Message, topic_name


class Origin(NamedTuple):
    """Under which source and UTC day of receipt the loader will count an event; None means the broker's day."""

    source: str
    received_date: date | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answers in the order of the events, and what is to be sent."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        outcomes = [answer["outcome"] for answer in self.answers]
        return {outcome: outcomes.count(outcome) for outcome in ("accepted", "duplicate", "rejected")}


@dataclass(frozen=True, slots=True)
class Judge:
    settings: Settings
    contracts: dict[str, Contract]
    json_depth: int

    def judge(self, items: Sequence[Any], token: Token, received_at: datetime) -> Judgement:
        """Refuses the whole request (403) when one event is none of the token's."""
        judgement = Judgement()
        received_text = received_at.isoformat()
        seen: dict[tuple[str, str], dict[str, Any]] = {}
        for index, item in enumerate(items):
            event_id = item.get("id") if isinstance(item, dict) else None
            answer: dict[str, Any] = {"index": index}
            if isinstance(event_id, str):
                answer["id"] = event_id[:128]
            if refusal := foreign(item, token, index=index):
                raise refusal
            try:
                message = self._message(item, seen, received_at, received_text)
            except Refused as refused:
                code, text = refused.args
                judgement.reasons.append(code)
                answer |= {"outcome": "rejected", "code": code, **field_and_value(item, text), "fix": text}
            else:
                answer["outcome"] = "duplicate" if message is None else "accepted"
                if message is not None:
                    judgement.messages.append(message)
            judgement.answers.append(answer)
        return judgement

    def _message(
        self, item: Any, seen: dict[tuple[str, str], dict[str, Any]], received_at: datetime, received_text: str
    ) -> Message | None:
        """The event as a message, None when the request held it already. Raises Refused."""
        if isinstance(item, Unreadable):
            raise Refused("not_json", f"line {item.line} is not JSON in UTF-8 (column {item.column})")
        if not isinstance(item, dict):
            raise Refused("not_an_object", "JSON but not an object: send one CloudEvent in its place")
        trusts, received_date = self.settings.deployment.trusts_received_time, None
        if not (trusts and isinstance(item.get("receivedtime"), str)):
            item["receivedtime"] = received_text
        if trusts:
            _, received_at = attribution(item, received_at, trusts)
            received_date = received_at.astimezone(UTC).date()
        value = _encoded(item, self.json_depth)
        contract, _ = check(item, received_at, self.contracts)
        check_storable(value)
        without_receipt = {name: part for name, part in item.items() if name != "receivedtime"}
        before = seen.setdefault((item["source"], item["id"]), without_receipt)
        if before is not without_receipt:
            if before == without_receipt:
                return None
            raise Refused("conflict", "id: another event of this request has the same id: give each event its own")
        key = item.get("subject") or item["source"]
        origin = Origin(item["source"], received_date)
        return Message(topic_name(self.settings, contract.family), key.encode(), value, origin)


def foreign(item: Any, token: Token, **place: int) -> Refusal | None:
    """The refusal (403) of an event that is none of the token's."""
    if not isinstance(item, dict):
        return None
    source, point = item.get("source"), item.get("subject")
    if isinstance(source, str) and not token.covers_source(source):
        fix = f"this token may send events of {token.source_prefix} only: use the token of that installation"
        return Refusal(403, "foreign_source", fix, field="source", value=shortened(source), **place)
    if isinstance(point, str) and not token.covers_point(point):
        fix = f"this token may send events about {', '.join(sorted(token.service_point_ids or ()))} only"
        return Refusal(403, "foreign_point", fix, field="subject", value=shortened(point), **place)
    return None


def _encoded(item: dict[str, Any], json_depth: int) -> bytes:
    try:
        value = orjson.dumps(item)
    except orjson.JSONEncodeError as error:  # its own limit, 254
        raise Refused("too_deep", f"event: nested deeper than {json_depth} levels: send it flatter") from error
    if value.count(b"{") + value.count(b"[") > json_depth and depth(item) > json_depth:
        raise Refused("too_deep", f"event: nested deeper than {json_depth} levels: send it flatter")
    return value
