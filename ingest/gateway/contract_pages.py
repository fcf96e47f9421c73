"""The contracts as the gateway serves them: an index, JSON Schemas, the AsyncAPI document and a table."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from ingest.contract_documents import documents
from ingest.contracts import read_contracts, read_every_version
from ingest.gateway.answers import Problem, response

PATH = "/v1/contracts"
_CACHING = "public, max-age=300"  # a new version of the gateway may bring new contracts
_MEDIA_TYPES = {"json": "application/json", "md": "text/markdown; charset=utf-8"}
_SCHEMA = "application/schema+json"
_NOT_MODIFIED: dict[str, Any] = {"description": "The copy with the ETag of If-None-Match is still right."}
_IF_NONE_MATCH = {"parameters": [{"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}]}


class ContractLink(BaseModel):
    """One version of one event type."""

    type: str
    contract: str
    is_newest: bool
    title: str
    subject: str
    schema_url: str


class ContractIndex(BaseModel):
    """All contracts; events are judged by the newest version of their type."""

    version: str
    asyncapi_url: str
    openapi_url: str
    table_url: str
    contracts: list[ContractLink]


@dataclass(frozen=True, slots=True)
class Page:
    """A document with what a cache knows it by."""

    content: bytes
    media_type: str
    etag: str


def pages() -> dict[str, Page]:
    """Every document by its path below /v1/contracts; the index at the empty path."""
    files = documents()
    found = {name: _page(content, _media_type(name)) for name, content in files.items()}
    version = orjson.loads(files["asyncapi.json"])["info"]["version"]
    return found | {"": _page(orjson.dumps(_index(version).model_dump()), "application/json")}


def add_contracts(app: FastAPI) -> None:
    """GET /v1/contracts and what it links to. Anybody may read them."""
    held = pages()

    def serve(name: str, summary: str, kind: str | None, **how: Any) -> None:
        async def document(request: Request) -> Response:
            return _answer(held[name], request)

        document.__name__ = name.partition(".")[0] or "index"  # OpenAPI calls it so
        path = f"{PATH}/{name}".rstrip("/")
        app.get(path, summary=summary, responses=_responses(kind), openapi_extra=_IF_NONE_MATCH, **how)(document)

    serve("", "What may be sent", None, response_model=ContractIndex)
    serve("asyncapi.json", "AsyncAPI 3.0", "json", response_class=Response)
    serve("events.md", "A table of all", "md", response_class=Response)

    @app.get(
        PATH + "/schemas/{contract}.json",
        summary="The JSON Schema of one event",
        response_class=Response,
        responses=_responses("schema") | {404: {"model": Problem, "description": "There is no such contract."}},
        openapi_extra=_IF_NONE_MATCH,
    )
    async def schema(contract: str, request: Request) -> Response:
        page = held.get(f"schemas/{contract}.json")
        if page is None:
            fix = f"take the name of a contract from {PATH}, such as feedback.given.v1.0"
            return response(404, {"code": "no_such_contract", "fix": fix})
        return _answer(page, request)


def _answer(page: Page, request: Request) -> Response:
    headers = {"ETag": page.etag, "Cache-Control": _CACHING}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if page.etag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    return Response(page.content, headers=headers, media_type=page.media_type)


def _index(version: str) -> ContractIndex:
    newest = {contract.version for contract in read_contracts().values()}
    return ContractIndex(
        version=version,
        asyncapi_url=f"{PATH}/asyncapi.json",
        openapi_url="/openapi.json",
        table_url=f"{PATH}/events.md",
        contracts=[
            ContractLink(
                type=contract.type,
                contract=contract.version,
                is_newest=contract.version in newest,
                title=contract.schema["properties"]["data"]["title"],
                subject=contract.schema["properties"]["data"]["x-subject"],
                schema_url=f"{PATH}/schemas/{contract.version}.json",
            )
            for contract in read_every_version()
        ],
    )


def _page(content: bytes, media_type: str) -> Page:
    return Page(content, media_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _media_type(name: str) -> str:
    return _SCHEMA if name.startswith("schemas/") else _MEDIA_TYPES[name.rsplit(".", 1)[1]]


def _responses(kind: str | None = None) -> dict[int | str, dict[str, Any]]:
    """As FastAPI takes them; the index's own model it finds itself."""
    content = {
        "json": {"application/json": {"schema": {"type": "object"}}},
        "schema": {_SCHEMA: {"schema": {"type": "object"}}},
        "md": {"text/markdown": {"schema": {"type": "string"}}},
    }
    told: dict[str, Any] = {"description": "The document, with an ETag."}
    if kind is not None:
        told["content"] = content[kind]
    return {200: told, 304: _NOT_MODIFIED}
