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


@click.command(epilog="Example: pulssi gateway --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", default=8080, show_default=True, help="port to listen on")
@click.option("--body-bytes", default=_DEFAULT.body_bytes, show_default=True, help="largest body")
@click.option("--batch-events", default=_DEFAULT.batch_events, show_default=True, help="most events in a request")
@click.option(
    "--events-per-second", default=_DEFAULT.events_per_second, show_default=True, help="of one token, over time"
)
@click.option("--burst-events", default=_DEFAULT.burst_events, show_default=True, help="of one token, at once")
@click.option(
    "--request-seconds", default=_DEFAULT.request_seconds, show_default=True, help="in which a request must have come"
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
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    serve(create_app(read_settings(), limits), host, port, limits)


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
