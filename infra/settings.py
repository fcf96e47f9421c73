"""What varies between installations, read from the environment once, at the entry point."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from infra.errors import ActionNeeded
from infra.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parent.parent

VARIABLES = {
    "PULSSI_HOME": "folder of the embedded services' data, keys, logs and outputs (default: .pulssi)",
    "PULSSI_KEYS": "folder of the keys, outside of what is backed up with the data (default: keys in PULSSI_HOME)",
    "PULSSI_DEPLOYMENT": "name of a folder in infra/deployments, or a path to one (default: demo)",
    "PULSSI_DATABASE_URL": "a PostgreSQL to use instead of the embedded one: postgresql://user:password@host:port/database",
    "PULSSI_KAFKA_BOOTSTRAP_SERVERS": "a Kafka to use instead of the embedded one: host:port[,host:port]",
    "PULSSI_KAFKA_USER": "user name at a Kafka that asks for one (SASL, SCRAM-SHA-512)",
    "PULSSI_KAFKA_PASSWORD": "its password",
    "PULSSI_KAFKA_PROTOCOL": "how a Kafka that asks for a user is reached: SASL_SSL (default) or SASL_PLAINTEXT",
    "PULSSI_KAFKA_CLIENT": "kafka-python (default) or librdkafka",
    "PULSSI_POSTGRES_PORT": "port of the embedded PostgreSQL (default: 15432)",
    "PULSSI_KAFKA_PORT": "port of the embedded Kafka; the next one is its controller's (default: 19092)",
}

DEPLOYMENT_VALUES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "database": (lambda value: _is_name(value, "[a-z_][a-z0-9_]*"), "a name of small letters, digits and _"),
    "topic_prefix": (lambda value: _is_name(value, "[a-zA-Z0-9._-]+"), "letters, digits, full stops, _ and -"),
    "time_zone": (lambda value: isinstance(value, str), "an IANA name such as Europe/Helsinki"),
    "trusts_received_time": (lambda value: isinstance(value, bool), "true or false"),
    "partitions": (lambda value: type(value) is int and value > 0, "a whole number from 1"),
    "retention_days": (lambda value: type(value) is int and value > 0, "a whole number from 1"),
}

# May be left out of deployment.yml.
DEPLOYMENT_DEFAULTS: dict[str, Any] = {"dead_letter_days": 30, "parked_days": 14, "breaker": {}}
DEPLOYMENT_VALUES |= {
    "dead_letter_days": (lambda value: type(value) is int and value > 0, "a whole number from 1"),
    "parked_days": (lambda value: type(value) is int and value > 0, "a whole number from 1"),
    "breaker": (
        lambda value: isinstance(value, dict) and _are_breaker_limits(value),
        "bad_share (above 0, below 1), minimum_count, window_minutes, pause_minutes and probe_count (whole numbers "
        "from 1), or some of them",
    ),
}


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """When the breaker of a source opens, how long it stays so at least, and how many events then try it."""

    bad_share: float = 0.5
    minimum_count: int = 30
    window_minutes: int = 120
    pause_minutes: int = 30
    probe_count: int = 20


@dataclass(frozen=True, slots=True)
class Deployment:
    """One installation of Pulssi: its own database, topic prefix, reference folder and time zone."""

    name: str
    folder: Path
    database: str
    topic_prefix: str
    time_zone: ZoneInfo
    trusts_received_time: bool
    partitions: int
    retention_days: int
    dead_letter_days: int
    parked_days: int
    breaker: BreakerLimits


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path
    keys: Path
    deployment: Deployment
    database_url: str | None
    kafka_bootstrap_servers: str | None
    kafka_user: str | None
    kafka_password: str | None = field(repr=False)
    kafka_protocol: str
    kafka_client: str
    postgres_port: int
    kafka_port: int

    @property
    def output(self) -> Path:
        """Where commands put files for people: reports, feeds, simulated events."""
        return self.home / "output" / self.deployment.name


def read_settings(environment: dict[str, str] | None = None) -> Settings:
    """Read PULSSI_* variables; an unknown or malformed one raises ActionNeeded with its name. Empty is not given."""
    given = os.environ if environment is None else environment
    values = {name: value for name, value in given.items() if value or not name.startswith("PULSSI_")}
    unknown = sorted(name for name in values if name.startswith("PULSSI_") and name not in VARIABLES)
    if unknown:
        raise ActionNeeded(f"unknown setting {unknown[0]}: known ones are {', '.join(sorted(VARIABLES))}")
    client = values.get("PULSSI_KAFKA_CLIENT", "kafka-python")
    if client not in ("kafka-python", "librdkafka"):
        raise ActionNeeded(f"PULSSI_KAFKA_CLIENT is {client!r}: give kafka-python or librdkafka")
    home = Path(values.get("PULSSI_HOME", ROOT / ".pulssi")).resolve()
    return Settings(
        home=home,
        keys=Path(values.get("PULSSI_KEYS", home / "keys")).resolve(),
        deployment=read_deployment(values.get("PULSSI_DEPLOYMENT", "demo")),
        database_url=_url(values),
        kafka_bootstrap_servers=values.get("PULSSI_KAFKA_BOOTSTRAP_SERVERS"),
        **_kafka_user(values),
        kafka_client=client,
        postgres_port=_port(values, "PULSSI_POSTGRES_PORT", 15432),
        kafka_port=_port(values, "PULSSI_KAFKA_PORT", 19092),
    )


def read_deployment(name: str) -> Deployment:
    """Read deployment.yml of a folder given by name or path."""
    folder = Path(name) if "/" in name else ROOT / "infra" / "deployments" / name
    file = folder / "deployment.yml"
    if not file.is_file():
        known = sorted(path.parent.name for path in (ROOT / "infra" / "deployments").glob("*/deployment.yml"))
        raise ActionNeeded(
            f"PULSSI_DEPLOYMENT is {name!r} but there is no {file}: give a path or one of {', '.join(known)}"
        )
    content = _deployment_content(file)
    try:
        zone = ZoneInfo(content["time_zone"])
    except (ZoneInfoNotFoundError, TypeError, ValueError) as error:
        raise ActionNeeded(
            f"{file}: time_zone is {content['time_zone']!r}: give an IANA name such as Europe/Helsinki"
        ) from error
    return Deployment(
        name=folder.resolve().name,
        folder=folder.resolve(),
        database=content["database"],
        topic_prefix=content["topic_prefix"],
        time_zone=zone,
        trusts_received_time=content["trusts_received_time"],
        partitions=content["partitions"],
        retention_days=content["retention_days"],
        dead_letter_days=content["dead_letter_days"],
        parked_days=content["parked_days"],
        breaker=BreakerLimits(**content["breaker"]),
    )


def _deployment_content(file: Path) -> dict[str, Any]:
    content = read_yaml(file)
    needed = set(DEPLOYMENT_VALUES) - set(DEPLOYMENT_DEFAULTS)
    if not isinstance(content, dict) or not needed <= set(content) <= set(DEPLOYMENT_VALUES):
        given = set(content) if isinstance(content, dict) else set()
        odd = [f"{key}: missing" for key in sorted(needed - given)]
        odd += [f"{key}: unknown" for key in sorted(map(str, given - set(DEPLOYMENT_VALUES)))]
        raise ActionNeeded(
            f"{file}: {', '.join(odd)}: give the keys {', '.join(sorted(needed))}; "
            f"{', '.join(sorted(DEPLOYMENT_DEFAULTS))} if need be; no others"
        )
    content = DEPLOYMENT_DEFAULTS | content
    for key, (is_right, fix) in DEPLOYMENT_VALUES.items():
        if not is_right(content[key]):
            raise ActionNeeded(f"{file}: {key} is {content[key]!r}: give {fix}")
    return content


def _url(values: dict[str, str]) -> str | None:
    url = values.get("PULSSI_DATABASE_URL")
    if url is not None and not url.startswith("postgresql://"):
        raise ActionNeeded(
            "PULSSI_DATABASE_URL does not begin with postgresql://: give postgresql://user:password@host:port/database"
        )
    if url is not None:
        from psycopg import ProgrammingError, conninfo

        try:
            conninfo.conninfo_to_dict(url)
        except ProgrammingError:  # its words hold the password
            raise ActionNeeded(
                "PULSSI_DATABASE_URL cannot be read: write special characters of the password as %XX, a % as %25"
            ) from None
    return url


def _kafka_user(values: dict[str, str]) -> dict[str, Any]:
    user, password = values.get("PULSSI_KAFKA_USER"), values.get("PULSSI_KAFKA_PASSWORD")
    protocol = values.get("PULSSI_KAFKA_PROTOCOL", "SASL_SSL")
    if (user is None) != (password is None):
        missing = "PULSSI_KAFKA_PASSWORD" if password is None else "PULSSI_KAFKA_USER"
        raise ActionNeeded(f"{missing} is not set: give both user and password, or neither")
    if protocol not in ("SASL_SSL", "SASL_PLAINTEXT"):
        raise ActionNeeded(f"PULSSI_KAFKA_PROTOCOL is {protocol!r}: give SASL_SSL or SASL_PLAINTEXT")
    return {"kafka_user": user, "kafka_password": password, "kafka_protocol": protocol}


def _is_name(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _are_breaker_limits(values: dict[Any, Any]) -> bool:
    counts = {name: value for name, value in values.items() if name != "bad_share"}
    share = values.get("bad_share", 0.5)
    return (
        set(values) <= {each.name for each in fields(BreakerLimits)}
        and type(share) in (int, float) and 0 < share < 1
        and all(type(value) is int and value > 0 for value in counts.values())
    )  # fmt: skip


def _port(values: dict[str, str], name: str, default: int) -> int:
    text = values.get(name, str(default))
    if not text.isdigit() or not 1024 <= int(text) <= 65534:
        raise ActionNeeded(f"{name} is {text!r}: give a whole number from 1024 to 65534")
    return int(text)
