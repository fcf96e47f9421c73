"""POST /v1/conformance: the report of a recording, of which nothing goes to Kafka."""

import asyncio
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from ingest.conformance.pages import as_html, as_text
from ingest.conformance.recording import read
from ingest.conformance.report import Report, conform
from ingest.gateway.answers import Problem, response
from ingest.gateway.bodies import BATCH, BINARY, LINES, STRUCTURED, media_type
from ingest.gateway.gateway import Gateway
from ingest.gateway.judging import foreign
from ingest.gateway.tokens import Token

PATH = "/v1/conformance"
_PAGE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


class CaseAnswer(BaseModel):
    case: str
    text: str


class FamilyAnswer(BaseModel):
    """Passes without faults and without missing cases."""

    family: str
    verdict: Literal["pass", "fail"]
    event_count: int
    fault_count: int
    advice_count: int
    shown: list[CaseAnswer]
    missing: list[CaseAnswer]


class FindingAnswer(BaseModel):
    """The same thing in *count* events; the first of them by number, from 1."""

    check: str
    code: str
    family: str
    event: str
    is_fault: bool
    field: str | None
    value: Any
    text: str
    fix: str
    count: int
    event_numbers: list[int]


class ConformanceAnswer(BaseModel):
    """What the conformance kit says of a recording."""

    verdict: Literal["pass", "fail"]
    event_count: int
    time_zone: str
    families: list[FamilyAnswer]
    findings: list[FindingAnswer]


def add_conformance(app: FastAPI, gateway: Gateway) -> None:
    """The path, described for OpenAPI; it needs a token and has the limits of events."""
    body = {"schema": {"type": "string", "description": "A JSON array of events, one event, or one event a line."}}
    content = dict.fromkeys((BATCH, LINES, STRUCTURED, BINARY), body)
    responses: dict[int | str, dict[str, Any]] = {
        200: {"content": {"text/html": {}, "text/plain": {}}, "description": "The report, as Accept asks for it."},
        **{status: {"model": Problem} for status in (400, 401, 408, 413, 415, 422, 429, 503)},
    }

    @app.post(
        PATH,
        summary="Judge recorded events; nothing is sent",
        response_model=ConformanceAnswer,
        responses=responses,
        openapi_extra={"security": [{"token": []}], "requestBody": {"required": True, "content": content}},
    )
    async def post_conformance(request: Request) -> Response:
        return await gateway.answer(request, lambda request: _take(gateway, request))


async def _take(gateway: Gateway, request: Request) -> Response:
    now = datetime.now(UTC)
    token = gateway.token(request, now)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != BINARY:
        media_type(request.headers)  # refuses other kinds
    items = read(await gateway.body(request))
    gateway.spend(token, len(items))

    def judge() -> Report:
        return conform(
            items, gateway.contracts, gateway.settings.deployment.time_zone, now, lambda fields: _foreign(fields, token)
        )

    return await asyncio.to_thread(lambda: _answer(judge(), request.headers.get("accept", "")))


def _answer(report: Report, accepted: str) -> Response:
    if "text/html" in accepted:
        return Response(as_html(report), headers=_PAGE, media_type="text/html")
    if "text/plain" in accepted:
        return Response(as_text(report) + "\n", media_type="text/plain")
    return response(200, report.as_dict())


def _foreign(fields: dict[str, Any], token: Token) -> tuple[str, str] | None:
    refusal = foreign(fields, token)
    return None if refusal is None else (refusal.content["field"], refusal.content["fix"])
