"""The gateway's paths, and their description in OpenAPI 3.1."""

import contextlib
from collections.abc import AsyncIterator
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from infra.settings import Settings
from ingest.adapters.installations import read_installations
from ingest.contracts import Contract
from ingest.gateway.answers import Answer, Problem, response
from ingest.gateway.bodies import BATCH, BINARY, LINES, STRUCTURED
from ingest.gateway.conformance import add_conformance
from ingest.gateway.contract_pages import add_contracts
from ingest.gateway.gateway import Gateway
from ingest.gateway.limits import Limits
from ingest.gateway.webhooks import add_webhooks

_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": Answer, "description": "Kafka has every event on all in-sync replicas."},
    207: {"model": Answer, "description": "Kafka has those answered accepted; those rejected must be mended."},
    400: {"model": Problem, "description": "The body cannot be read."},
    401: {"model": Problem, "description": "No token, or not a valid one."},
    403: {"model": Problem, "description": "An event is not one this token may send; nothing was taken."},
    408: {"model": Problem, "description": "The body came too slowly."},
    413: {"model": Problem, "description": "The body is too large."},
    415: {"model": Problem, "description": "Not one of the four ways to send events."},
    422: {"model": Answer | Problem, "description": "Every event was rejected, or there are too many in one request."},
    429: {"model": Problem, "description": "Faster than the token allows.", "headers": _RETRY_AFTER},
    503: {"model": Problem, "description": "Kafka has not confirmed: send all of it again.", "headers": _RETRY_AFTER},
}


def create_app(settings: Settings, limits: Limits) -> FastAPI:
    """The application, with its connections made at startup. Raises ActionNeeded when Kafka does not answer."""
    gateway = Gateway(settings, limits)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with gateway.running():
            yield

    app = FastAPI(
        title="Pulssi gateway",
        description="Events of joint public service points, as CloudEvents 1.0.",
        version=version("pulssi"),
        lifespan=lifespan,
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
    )
    _add_events(app, gateway)
    add_webhooks(app, gateway, read_installations(settings.deployment))
    add_conformance(app, gateway)
    add_contracts(app)
    _add_health(app, gateway)
    return app


def _add_events(app: FastAPI, gateway: Gateway) -> None:
    @app.post("/v1/events", responses=RESPONSES, openapi_extra=_described(gateway.contracts), summary="Send events")
    async def post_events(request: Request) -> Response:
        return await gateway.answer(request, gateway.take_events)

    describe = app.openapi

    def with_contracts() -> dict[str, Any]:
        described = describe()
        components = described["components"]
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        components["schemas"] |= {contract.type: contract.schema for contract in gateway.contracts.values()}
        return described

    app.openapi = with_contracts  # type: ignore[method-assign] # FastAPI's documented way


def _add_health(app: FastAPI, gateway: Gateway) -> None:
    @app.get("/healthz", summary="The process lives")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", summary="Kafka and PostgreSQL answer", responses={503: {"description": "One does not."}})
    async def readyz() -> Response:
        readiness = gateway.readiness()
        return response(200 if all(readiness.values()) else 503, readiness)

    page: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}

    @app.get("/metrics", summary="Metrics for Prometheus", response_class=Response, responses=page)
    async def metrics() -> Response:
        return Response(generate_latest(gateway.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _described(contracts: dict[str, Contract]) -> dict[str, Any]:
    """The parts of POST /v1/events that its signature does not show."""
    event = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in sorted(contracts)]}
    attributes = ("specversion", "id", "source", "type", "time", "subject", "timeprecision")
    return {
        "security": [{"token": []}],
        "requestBody": {
            "required": True,
            "content": {
                STRUCTURED: {"schema": event},
                BATCH: {"schema": {"type": "array", "items": event}},
                LINES: {"schema": {"type": "string", "description": "One event a line."}},
                BINARY: {"schema": {"type": "object", "description": "The payload; the rest in ce- headers."}},
            },
        },
        "parameters": [
            {"name": f"ce-{name}", "in": "header", "required": False, "schema": {"type": "string"}}
            for name in attributes
        ],
    }
