"""Batches over HTTP in lanes: each lane in order, several at once, and how far each has come."""

import contextlib
import http.client
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import orjson

from infra.errors import ActionNeeded
from infra.settings import Settings
from ingest.produce import send

LARGEST_BODY = 800_000
BATCHES_WAITING = 2
PATIENCE_SECONDS = 60
SAVE_SECONDS = 2.0
STRAIGHT_SECONDS = 1.0
EVENTS = "/v1/events"


class Lane(NamedTuple):
    """An address, and which of its lanes."""

    path: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.path}#{self.number}"


@dataclass(slots=True)
class Batch:
    """What one request will hold. No id twice: the gateway takes the first only, and a repeat is to be counted."""

    bodies: list[bytes] = field(default_factory=list)
    received_times: list[str] = field(default_factory=list)
    identities: set[tuple[str, str]] = field(default_factory=set)
    size: int = 0

    def takes(self, identity: tuple[str, str], body: bytes, most: int) -> bool:
        fits = len(self.bodies) < most and self.size + len(body) < LARGEST_BODY
        return not self.bodies or (fits and identity not in self.identities)

    def add(self, identity: tuple[str, str], body: bytes, received_time: str) -> None:
        self.bodies.append(body)
        self.received_times.append(received_time)
        self.identities.add(identity)
        self.size += len(body) + 1


Waiting = queue.Queue[Batch | None]


class Delivered:
    """How many of each lane are delivered to one Kafka, kept in a file beside the events."""

    def __init__(self, path: Path, kafka: str, again: bool) -> None:
        self._path = path
        self._kafka = kafka
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        if path.exists() and not again:
            kept = orjson.loads(path.read_bytes())
            if kept["kafka"] == kafka:
                self._counts.update(kept["counts"])
        self._skipped: Counter[str] = Counter()
        self._saved_at = time.monotonic()

    def is_next_done(self, lane: str) -> bool:
        """Whether the next event of *lane* was delivered by an earlier run."""
        with self._lock:
            if self._skipped[lane] >= self._counts[lane]:
                return False
            self._skipped[lane] += 1
            return True

    def advance(self, lane: str, count: int) -> None:
        with self._lock:
            self._counts[lane] += count
            self._skipped[lane] += count
            if time.monotonic() - self._saved_at >= SAVE_SECONDS:
                self.save()

    def save(self) -> None:
        partial = self._path.with_suffix(".partial")
        partial.write_bytes(orjson.dumps({"kafka": self._kafka, "counts": dict(self._counts)}))
        partial.replace(self._path)
        self._saved_at = time.monotonic()


class Lanes:
    """One connection and one thread a lane."""

    def __init__(self, gateway: str, token: str, batch_size: int, delivered: Delivered) -> None:
        self._address = urlsplit(gateway)
        self._token = token
        self._batch_size = batch_size
        self.delivered = delivered
        self._open: dict[Lane, Batch] = {}
        self._queues: dict[Lane, Waiting] = {}
        self._threads: list[threading.Thread] = []
        self._failed: ActionNeeded | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """At the end everything put has been delivered; ActionNeeded when the gateway does not take it."""
        self._wait_until_known()
        try:
            yield
            for lane, batch in self._open.items():
                self._hand_over(lane, batch)
        finally:
            for waiting in self._queues.values():
                self._put(waiting, None)
            for thread in self._threads:
                thread.join()
            self.delivered.save()
        if self._failed is not None:
            raise self._failed

    def put(self, lane: Lane, identity: tuple[str, str], body: bytes, received_time: str) -> bool:
        """Take an event, unless an earlier run has delivered it."""
        if self.delivered.is_next_done(lane.name):
            return False
        batch = self._open.setdefault(lane, Batch())
        if not batch.takes(identity, body, self._batch_size):
            self._hand_over(lane, batch)
            batch = self._open[lane] = Batch()
        batch.add(identity, body, received_time)
        return True

    def _hand_over(self, lane: Lane, batch: Batch) -> None:
        if self._failed is not None:
            raise self._failed
        if lane not in self._queues:
            self._queues[lane] = queue.Queue(BATCHES_WAITING)
            thread = threading.Thread(target=self._send_all, args=(lane, self._queues[lane]), daemon=True)
            self._threads.append(thread)
            thread.start()
        self._put(self._queues[lane], batch)

    def _put(self, waiting: Waiting, batch: Batch | None) -> None:
        while self._failed is None:
            with contextlib.suppress(queue.Full):
                waiting.put(batch, timeout=0.5)
                return

    def _send_all(self, lane: Lane, waiting: Waiting) -> None:
        connection = self._connection()
        try:
            while self._failed is None:
                try:
                    batch = waiting.get(timeout=0.5)
                except queue.Empty:
                    continue
                if batch is None:
                    return
                self._send(connection, lane, batch)
        except ActionNeeded as problem:
            self._failed = problem
        except (OSError, http.client.HTTPException) as problem:
            self._failed = ActionNeeded(
                f"{self._address.geturl()}: {problem or type(problem).__name__}: is it started?"
            )
        finally:
            connection.close()

    def _send(self, connection: http.client.HTTPConnection, lane: Lane, batch: Batch) -> None:
        """One request, repeated while the gateway asks for patience."""
        headers = {"Content-Type": "application/x-ndjson"}
        if lane.path != EVENTS:
            headers["Pulssi-Received-Time"] = ",".join(batch.received_times)
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            status, content, pause = self._request(connection, lane.path, b"\n".join(batch.bodies), headers)
            if status not in (429, 503) or time.monotonic() > until:
                break
            time.sleep(pause)
        if status != 200:
            # What is sent was judged by the same checks: the gateway must be another one than this program expects.
            raise ActionNeeded(f"{lane.path} answers {status}: {content[:300].decode(errors='replace')}")
        self.delivered.advance(lane.name, len(batch.bodies))

    def _wait_until_known(self) -> None:
        """A gateway knows a new token within two seconds."""
        connection = self._connection()
        try:
            for _ in range(100):
                status, _, _ = self._request(connection, EVENTS, b"", {"Content-Type": "application/x-ndjson"})
                if status != 401:
                    return
                time.sleep(0.1)
        except (OSError, http.client.HTTPException) as problem:
            raise ActionNeeded(
                f"{self._address.geturl()}: no gateway answers: start it with pulssi gateway"
            ) from problem
        finally:
            connection.close()
        raise ActionNeeded(f"{self._address.geturl()}: does not know the token: is it of this deployment?")

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=60)

    def _request(
        self, connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes, float]:
        """Status, content, and the seconds that the gateway asks to wait."""
        named = {"Authorization": f"Bearer {self._token}", **headers}
        try:
            connection.request("POST", path, body, named)
            answer = connection.getresponse()
        except ConnectionError:  # a server closes connections that were idle for a while
            connection.close()
            connection.request("POST", path, body, named)
            answer = connection.getresponse()
        return answer.status, answer.read(), float(answer.headers.get("Retry-After", "1"))


class Straight:
    """Lines sent to Kafka by a thread while the lanes run, and so between the other events of their time."""

    def __init__(self, settings: Settings, delivered: Delivered) -> None:
        self._settings = settings
        self._delivered = delivered
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._failed: ActionNeeded | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is not None:
            self._lines.put(None)
            self._thread.join()
            self._delivered.save()
        if self._failed is not None:
            raise self._failed

    def put(self, line: bytes) -> bool:
        """Take a line, unless an earlier run has sent it."""
        if self._delivered.is_next_done("kafka"):
            return False
        self._lines.put(line)
        if self._thread is None:
            self._thread = threading.Thread(target=self._send_all, daemon=True)
            self._thread.start()
        return True

    def _send_all(self) -> None:
        """Those of a second together: each sending opens connections of its own."""
        is_last = False
        try:
            while not is_last:
                together = [self._lines.get()]
                if together[0] is not None:
                    time.sleep(STRAIGHT_SECONDS)
                    while not self._lines.empty():
                        together.append(self._lines.get())
                is_last = together[-1] is None
                if lines := [line for line in together if line is not None]:
                    self._delivered.advance("kafka", send(self._settings, lines))
        except ActionNeeded as problem:
            self._failed = problem
