"""The command about topics: who may write to them, and that nobody but the loader reads what devices sent."""

import click

from infra.errors import ActionNeeded
from infra.settings import Settings, read_settings
from ingest.kafka.client import open_admin

SENDER = {"topic": ("WRITE", "DESCRIBE", "CREATE")}
LOADER = {"topic": ("READ", "WRITE", "DESCRIBE", "CREATE"), "group": ("READ",)}
FIXES = {
    "SecurityDisabledError": "set authorizer.class.name on its brokers",
    "ClusterAuthorizationFailedError": "set PULSSI_KAFKA_USER to a user who may alter its rules",
}


@click.group(epilog="Example: pulssi topics guard --sender gateway --loader loader")
def topics() -> None:
    """Access rules of the deployment's topics."""


@topics.command(epilog="Example: pulssi topics guard --sender gateway --sender file_drop --loader loader")
@click.option("--sender", "senders", multiple=True, metavar="USER", help="may send and never read; may be repeated")
@click.option("--loader", "loaders", multiple=True, metavar="USER", help="may read, and send what it parks")
def guard(senders: tuple[str, ...], loaders: tuple[str, ...]) -> None:
    """Give Kafka's users the rights they need on the topics that begin with the deployment's prefix, and no others.

    Needs a Kafka with an authorizer, and a user who may alter its rules. A second run changes nothing.
    """
    if not senders and not loaders:
        raise ActionNeeded("no user is named: give --sender, --loader or both")
    settings = read_settings()
    allow(settings, senders, loaders)
    prefix = f"{settings.deployment.topic_prefix}."
    may = [f"{user} may send" for user in senders] + [f"{user} may read and send" for user in loaders]
    click.echo(f"{prefix}*: {', '.join(may)}")


def allow(settings: Settings, senders: tuple[str, ...], loaders: tuple[str, ...]) -> None:
    """Add the rules. Raises ActionNeeded when Kafka has no authorizer, or its rules are not ours to alter."""
    import kafka.errors
    from kafka.admin import (
        ACL,
        ACLOperation,
        ACLPermissionType,
        ACLResourcePatternType,
        ResourcePattern,
        ResourceType,
    )

    rules = [
        ACL(
            principal=f"User:{user}",
            host="*",
            operation=ACLOperation[operation],
            permission_type=ACLPermissionType.ALLOW,
            resource_pattern=ResourcePattern(
                ResourceType[kind.upper()], f"{settings.deployment.topic_prefix}.", ACLResourcePatternType.PREFIXED
            ),
        )
        for users, rights in ((senders, SENDER), (loaders, LOADER))
        for user in users
        for kind, operations in rights.items()
        for operation in operations
    ]
    try:
        with open_admin(settings) as admin:
            failed = [error.__name__ for error in admin.create_acls(rules)["failed"]]
    except kafka.errors.KafkaError as error:
        failed = [type(error).__name__]
    if failed:
        raise ActionNeeded(f"Kafka did not take the rules ({failed[0]}): {FIXES.get(failed[0], 'see its log')}")
