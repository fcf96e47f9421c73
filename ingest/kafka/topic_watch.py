"""Sees whether a topic that is being read was deleted or made again: its offsets then mean something else."""

import contextlib
from collections.abc import Callable, Iterator, Set

from infra.errors import ActionNeeded
from infra.settings import Settings
from ingest.kafka.client import TopicIdentity, open_admin


@contextlib.contextmanager
def watched(settings: Settings, topics: dict[str, TopicIdentity]) -> Iterator[Callable[[Set[str]], None]]:
    """A function that raises ActionNeeded when one of the named topics is no longer the one of *topics*.

    Asked after records were fetched and before they are stored, it is sure: the id of a topic never comes back.
    """
    with open_admin(settings) as admin:

        def require_same(names: Set[str]) -> None:
            found = {topic["name"]: topic.get("topic_id") for topic in admin.describe_topics(sorted(names))}
            for name in sorted(names):
                if found.get(name) != topics[name].topic_id:
                    raise ActionNeeded(
                        f"{name} was deleted while it was being loaded, and perhaps made again: what it held and was "
                        "not loaded yet is lost, and what is in the new one is whole. Start the loader again: it "
                        "reads the new topic from its beginning. pulssi ledger says which source and day miss events: "
                        "have those sources send them again, with their ids"
                    )

        yield require_same
