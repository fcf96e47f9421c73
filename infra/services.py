"""Start the services and ask whether they answer, be they embedded or given by URL."""

from collections.abc import Iterator
from typing import Any

import psycopg

from infra import database, embedded_kafka, embedded_postgres
from infra.errors import ActionNeeded
from infra.settings import Settings

LIBRDKAFKA_NAMES = {
    "bootstrap_servers": "bootstrap.servers",
    "security_protocol": "security.protocol",
    "sasl_mechanism": "sasl.mechanism",
    "sasl_plain_username": "sasl.username",
    "sasl_plain_password": "sasl.password",
}


def start(settings: Settings) -> Iterator[str]:
    """Start what is embedded; yield a line per service."""
    for name, given, start_one, port in (
        ("PostgreSQL", settings.database_url, embedded_postgres.start, settings.postgres_port),
        ("Kafka", settings.kafka_bootstrap_servers, embedded_kafka.start, settings.kafka_port),
    ):
        if given:
            yield f"{name}: given by the environment, nothing to start"
        else:
            yield f"{name}: {'started' if start_one(settings) else 'already running'} on port {port}"


def status(settings: Settings) -> dict[str, tuple[bool, str]]:
    """Whether each service answers, with its version or the reason."""
    return {"PostgreSQL": _postgres(settings), "Kafka": _kafka(settings)}


def kafka_bootstrap_servers(settings: Settings) -> str:
    return settings.kafka_bootstrap_servers or f"127.0.0.1:{settings.kafka_port}"


def kafka_connection(settings: Settings) -> dict[str, Any]:
    """How kafka-python reaches Kafka, and as whom."""
    connection: dict[str, Any] = {"bootstrap_servers": kafka_bootstrap_servers(settings)}
    if settings.kafka_user is not None:
        connection |= {
            "security_protocol": settings.kafka_protocol,
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password,
        }
    return connection


def librdkafka_connection(settings: Settings) -> dict[str, Any]:
    """The same in the words of librdkafka."""
    return {LIBRDKAFKA_NAMES[name]: value for name, value in kafka_connection(settings).items()}


def _postgres(settings: Settings) -> tuple[bool, str]:
    try:
        with psycopg.connect(database.url(settings, "postgres"), connect_timeout=3) as connection:
            return True, f"version {connection.info.server_version // 10000}"
    except psycopg.Error as error:
        return False, f"{str(error).strip().splitlines()[0]}; start it with pulssi up"
    except ActionNeeded as problem:
        return False, str(problem)


def _kafka(settings: Settings) -> tuple[bool, str]:
    import kafka
    import kafka.errors

    servers = kafka_bootstrap_servers(settings)
    try:
        client = kafka.KafkaAdminClient(**kafka_connection(settings), bootstrap_timeout_ms=3000)
    except kafka.errors.KafkaError as error:
        return False, f"no answer from {servers}, {type(error).__name__}; {_fix(settings)}"
    try:
        brokers = client.describe_cluster()["brokers"]
        return True, f"{len(brokers)} broker at {servers}"
    finally:
        client.close()


def _fix(settings: Settings) -> str:
    if settings.kafka_user is None:
        return "start it with pulssi up"
    return "is it started, and are PULSSI_KAFKA_USER, its password and PULSSI_KAFKA_PROTOCOL right?"
