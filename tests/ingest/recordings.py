"""Recordings for the tests of the conformance kit: a morning of one point that shows every case, to be spoilt."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sample_events import event

from ingest.conformance.report import conform
from ingest.contracts import read_contracts

CONTRACTS = read_contracts()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HELSINKI = ZoneInfo("Europe/Helsinki")
QUEUE = "/points/mikkeli/queue/q1"


def judge(items, now=NOW, **options):
    return conform(items, CONTRACTS, HELSINKI, now, **options)


def findings(items, **options):
    """Each finding as (code, field, number of events)."""
    return [(group.finding.code, group.finding.field, group.count) for group in judge(items, **options).groups]


def press(number, time="2026-10-05T09:15:07+03:00", **changes):
    return event(number, **({"time": time, "receivedtime": None} | changes))


def queue(name, number, time, ticket="tkt-7f0c2a91", **data):
    return event(
        number,
        type=f"fi.pulssi.queue.{name}.v1",
        source=QUEUE,
        time=time,
        receivedtime=None,
        data={"ticket_key": ticket, **data},
    )


def beat(number, time, source=QUEUE, **data):
    return event(
        number,
        type="fi.pulssi.device.heartbeat.v1",
        source=source,
        time=time,
        receivedtime=None,
        data={"device_id": source.rsplit("/", 1)[1], "device_kind": "queue", **data},
    )


def issued(number, time, ticket="tkt-7f0c2a91", **data):
    wanted = {"queue_code": "a", "agency": "kela", "access": "walk_in", "purpose": "service"}
    return queue("ticket_issued", number, time, ticket, **(wanted | data))


def visit(first, minute, ticket, end_state="completed"):
    """A ticket from issue to end, four minutes long."""
    at = [f"2026-10-05T09:{minute + each:02}:11+03:00" for each in range(4)]
    return [
        issued(first, at[0], ticket),
        queue("called", first + 1, at[1], ticket, desk_id="desk_1"),
        queue("service_started", first + 2, at[2], ticket, desk_id="desk_1"),
        queue("service_ended", first + 3, at[3], ticket, end_state=end_state),
    ]


def good_queue():
    """A queue system that shows every case of its family, and of heartbeats."""
    beats = [beat(900 + hour, f"2026-10-05T{9 + hour // 2:02}:{30 * (hour % 2):02}:03+03:00") for hour in range(6)]
    beats[2]["data"]["buffered_events"] = 3
    beats[3]["data"]["buffered_events"] = 0
    for hour, offset in ((0, 3), (1, 2)):
        beats.append(beat(950 + hour, f"2026-10-25T03:30:03+0{offset}:00"))
    beats[0], beats[1] = beats[1], beats[0]
    booked = issued(40, "2026-10-05T09:20:11+03:00", "tkt-booked01", access="booked", booking_key="book-00001")
    autumn = [issued(60 + fold, f"2026-10-25T03:15:11+0{3 - fold}:00", f"tkt-autumn{fold}") for fold in (0, 1)]
    autumn += [
        queue("abandoned", 70 + fold, f"2026-10-25T03:40:11+0{3 - fold}:00", f"tkt-autumn{fold}") for fold in (0, 1)
    ]
    items = [
        *visit(11, 5, "tkt-00000002", "closed_by_system"),
        *visit(1, 0, "tkt-00000001"),  # kept while offline
        booked,
        queue("called", 41, "2026-10-05T09:21:11+03:00", "tkt-booked01"),
        queue("recalled", 42, "2026-10-05T09:22:11+03:00", "tkt-booked01", call_no=2),
        queue("transferred", 43, "2026-10-05T09:23:11+03:00", "tkt-booked01", to_queue_code="b"),
        queue("no_show", 44, "2026-10-05T09:24:11+03:00", "tkt-booked01"),
        *beats,
        *autumn,
    ]
    return [*items, items[0], items[13]]  # sent again after what came later
