"""The contracts as the gateway serves them: linked from an index, for caches, and no other than those it judges by."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from ingest.contract_documents import documents
from ingest.contracts import read_contracts, read_every_version
from ingest.gateway.contract_pages import PATH, add_contracts


def get(*paths, **headers):
    async def ask():
        app = FastAPI()
        add_contracts(app)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
            return [await client.get(path, headers=headers) for path in paths]

    return asyncio.run(ask())


def test_every_version_is_linked_from_the_index_and_served_as_it_is_exported():
    (index,) = get(PATH)
    links = index.json()["contracts"]
    files = documents()

    answers = get(*(link["schema_url"] for link in links))

    assert [link["contract"] for link in links] == [contract.version for contract in read_every_version()]
    assert {link["type"] for link in links if link["is_newest"]} == set(read_contracts())
    assert [answer.content for answer in answers] == [files[f"schemas/{link['contract']}.json"] for link in links]
    assert {answer.headers["content-type"] for answer in answers} == {"application/schema+json"}


def test_the_asyncapi_document_and_the_table_are_served_as_they_are_exported():
    (index,) = get(PATH)

    asyncapi, table = get(index.json()["asyncapi_url"], index.json()["table_url"])

    assert (asyncapi.content, table.content) == (documents()["asyncapi.json"], documents()["events.md"])
    assert asyncapi.json()["info"]["version"] == index.json()["version"]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/asyncapi.json", f"{PATH}/schemas/feedback.given.v1.0.json"])
def test_who_has_the_right_copy_is_not_sent_it_again(path):
    (first,) = get(path)

    (again,) = get(path, **{"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    (changed,) = get(path, **{"If-None-Match": '"other"'})

    assert "max-age" in first.headers["cache-control"]
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (changed.status_code, changed.content) == (200, first.content)


@pytest.mark.parametrize("name", ["nothing.v1.0", "..%2Fenvelope.v1", "feedback.given.v9.0"])
def test_a_contract_that_is_not_there_is_told_with_where_to_look(name):
    (answer,) = get(f"{PATH}/schemas/{name}.json")

    assert answer.status_code == 404
    assert PATH in answer.text or answer.json() == {"detail": "Not Found"}
