"""Connections whose request does not come are closed: the server itself waits for headers without end."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


def patient_for(seconds: float, header_bytes: int) -> type[HttpToolsProtocol]:
    """uvicorn's protocol, except that a request's headers must have come in time and be no larger than given.

    And of requests that came one behind the other, no answer is written to a connection that is closed by then:
    uvicorn knows that only of the last one.
    """

    class PatientProtocol(HttpToolsProtocol):
        _timer: asyncio.TimerHandle | None = None
        _waited_bytes = 0
        _unanswered: tuple[RequestResponseCycle, ...] = ()

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
            super().connection_made(transport)
            self._wait()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)
            self._nobody_reads()

        def data_received(self, data: bytes) -> None:
            if self._timer is not None:
                self._waited_bytes += len(data)
            super().data_received(data)
            if self._timer is not None and self._waited_bytes > header_bytes:
                self._give_up()
            if self.transport.is_closing():  # after bytes that are no HTTP
                self._nobody_reads()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            if self._timer is None:
                self._wait()

        def on_headers_complete(self) -> None:
            self._stop_waiting()
            super().on_headers_complete()
            if self.cycle is not None:
                self._unanswered = (*(each for each in self._unanswered if not each.response_complete), self.cycle)

        def _wait(self) -> None:
            self._waited_bytes = 0
            self._timer = self.loop.call_later(seconds, self._give_up)

        def _stop_waiting(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _give_up(self) -> None:
            self._stop_waiting()
            if not self.transport.is_closing():
                self.transport.abort()  # close would wait for a reader that may be just as slow

        def _nobody_reads(self) -> None:
            for each in self._unanswered:
                if not each.response_complete:
                    each.disconnected = True
                    each.message_event.set()

    return PatientProtocol
