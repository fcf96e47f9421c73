"""pulssi gateway: serve the HTTP gateway."""

import gc
import logging

import click
import uvicorn

from infra.settings import read_settings
from ingest.gateway.app import create_app
from ingest.gateway.limits import Limits
from ingest.gateway.patience import patient_for

_DEFAULT = Limits()
_AT_LEAST_ONE = click.IntRange(1)


@click.command(epilog="Example: pulssi gateway --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="port to listen on")
@click.option("--body-bytes", type=_AT_LEAST_ONE, default=_DEFAULT.body_bytes, show_default=True, help="largest body")
@click.option(
    "--batch-events",
    type=_AT_LEAST_ONE,
    default=_DEFAULT.batch_events,
    show_default=True,
    help="most events in a request",
)
@click.option(
    "--events-per-second",
    type=_AT_LEAST_ONE,
    default=_DEFAULT.events_per_second,
    show_default=True,
    help="of one token, over time",
)
@click.option(
    "--burst-events", type=_AT_LEAST_ONE, default=_DEFAULT.burst_events, show_default=True, help="of one token, at once"
)
@click.option(
    "--request-seconds",
    type=_AT_LEAST_ONE,
    default=_DEFAULT.request_seconds,
    show_default=True,
    help="in which a request must have come",
)
def gateway(
    host: str,
    port: int,
    body_bytes: int,
    batch_events: int,
    events_per_second: float,
    burst_events: int,
    request_seconds: float,
) -> None:
    """Take events over HTTP and answer when Kafka has them. TLS is the task of the proxy in front."""
    limits = Limits(
        body_bytes=body_bytes,
        batch_events=batch_events,
        events_per_second=events_per_second,
        burst_events=burst_events,
        request_seconds=request_seconds,
    )
    app = create_app(read_settings(), limits)  # before logging: a Kafka that does not answer is told in one line
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    serve(app, host, port, limits)


def serve(app: object, host: str, port: int, limits: Limits) -> None:
    """Serve until told to stop; no request is logged, for an address may be a person's."""
    gc.collect()
    gc.freeze()  # modules and schemas stay: looking through them again and again would make single requests wait
    uvicorn.run(
        app,  # type: ignore[arg-type] # any ASGI application
        host=host,
        port=port,
        http=patient_for(limits.request_seconds, limits.header_bytes),
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
