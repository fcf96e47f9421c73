"""HTTP/1.1 by hand, so that what is sent is exactly what was made, several requests at a time."""

import asyncio
from typing import NamedTuple

_SECONDS = 40


class Answer(NamedTuple):
    status: int
    body: bytes


async def exchanged(port: int, requests: list[bytes]) -> list[Answer | None]:
    """The answers to requests sent at once over one connection; what a closing one left unanswered is sent alone.

    None where a request alone on its connection was not answered either.
    """
    answers = await _over_one_connection(port, requests)
    while len(answers) < len(requests):
        alone = await _over_one_connection(port, [requests[len(answers)]])
        answers.append(alone[0] if alone else None)
    return answers


async def _over_one_connection(port: int, requests: list[bytes]) -> list[Answer | None]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    answers: list[Answer | None] = []
    try:
        async with asyncio.timeout(_SECONDS):
            writer.write(b"".join(requests))
            for _ in requests:
                answers.append(await _answer(reader))
    except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.transport.abort()
    return answers


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    lengths = [line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    if lengths:
        return Answer(status, await reader.readexactly(int(lengths[0])))
    return Answer(status, b"" if status in (204, 304) else await reader.read())
