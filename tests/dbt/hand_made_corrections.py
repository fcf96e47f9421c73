"""Answer sheets of March 2027 and the corrections that came of them, in and out of order."""

from hand_made_landing import answer, event

FORMS = "/agencies/kela/forms"
FINAL = "2027-04-10T00:00:00+03:00"

# Answer sheet: (raw value sent, its corrections, raw value that counts or None). A correction is (name, kind, changes);
# it is made at 10:00 on 8 March unless it says when, and received two seconds later unless it says when.
ANSWERS = {
    "untouched": ("4", [], "4"),
    "withdrawn": ("4", [("w", "withdrawn", {})], None),
    "amended": ("4", [("a", "amended", {"raw": "1"})], "1"),
    "amended_twice": ("4", [("a", "amended", {"raw": "2"}), ("b", "amended", {"raw": "1", "at": "12:00"})], "1"),
    "amended_twice_told_backwards": (
        "4",
        [
            ("a", "amended", {"raw": "2", "at": "09:00", "received_at": "2027-03-09T08:00:00+02:00"}),
            ("b", "amended", {"raw": "1", "at": "12:00"}),
        ],
        "1",
    ),
    "told_before_its_event": ("4", [("a", "amended", {"raw": "1", "received_at": "2027-02-20T08:00:00+02:00"})], "1"),
    "amended_then_withdrawn": (
        "4",
        [("a", "amended", {"raw": "1"}), ("w", "withdrawn", {"at": "12:00"})],
        None,
    ),
    "withdrawn_then_amended": ("4", [("w", "withdrawn", {}), ("a", "amended", {"raw": "1", "at": "12:00"})], "1"),
    "withdrawal_withdrawn": ("4", [("w", "withdrawn", {}), ("v", "withdrawn", {"of": "w"})], "4"),
    "withdrawal_withdrawn_and_back": (
        "4",
        [("w", "withdrawn", {}), ("v", "withdrawn", {"of": "w"}), ("u", "withdrawn", {"of": "v"})],
        "4",
    ),
    "amendment_withdrawn": ("4", [("a", "amended", {"raw": "1"}), ("w", "withdrawn", {"of": "a"})], "4"),
    "by_another_source": ("4", [("w", "withdrawn", {"source": "/points/corrected/devices/other"})], "4"),
    "by_another_agency": ("4", [("w", "withdrawn", {"source": "/agencies/vero/forms"})], "4"),
    "by_an_agency_of_a_like_name": ("4", [("w", "withdrawn", {"source": "/agencies/kel/forms"})], "4"),
    "by_its_agency": ("4", [("w", "withdrawn", {"source": "/agencies/kela/office"})], None),
    "unknown_field": ("4", [("a", "amended", {"raw": "1", "party_size": 2})], "4"),
    "just_before_the_cutoff": ("4", [("w", "withdrawn", {"received_at": "2027-04-09T23:59:59+03:00"})], None),
    "at_the_cutoff": ("4", [("w", "withdrawn", {"received_at": FINAL})], "4"),
    "moved_into_a_closed_month": (
        "4",
        [("a", "amended", {"time": "2027-02-10T09:00:00+02:00", "received_at": "2027-03-15T09:00:00+02:00"})],
        None,
    ),
    "moved_from_the_day_of_a_lost_clock": (
        "4",
        [("a", "amended", {"time": "2027-03-04T09:00:00+02:00", "received_at": "2027-03-15T09:00:00+02:00"})],
        "4",
    ),
    "from_the_future": ("4", [("a", "amended", {"time": "2027-03-06T09:00:00+02:00"})], "4"),
    "of_a_month_still_open": ("4", [("a", "amended", {"raw": "1", "received_at": "2027-03-09T23:59:59+02:00"})], "1"),
    "of_a_closed_month": ("4", [("a", "amended", {"raw": "1", "received_at": "2027-03-10T00:00:00+02:00"})], "4"),
    "of_a_month_that_is_not_read": ("4", [("a", "amended", {"raw": "1"})], None),
}
TOLD_AT = {
    "moved_from_the_day_of_a_lost_clock": "2020-01-01T00:01:00+02:00",
    "of_a_month_still_open": "2027-02-10T09:00:00+02:00",
    "of_a_closed_month": "2027-02-10T09:00:00+02:00",
    "of_a_month_that_is_not_read": "2026-12-10T09:00:00+02:00",
}
STATES = {
    ("amended_twice", "a"): "overtaken",
    ("amended_twice", "b"): "applied",
    ("amended_twice_told_backwards", "a"): "overtaken",
    ("told_before_its_event", "a"): "applied",
    ("amended_then_withdrawn", "a"): "overtaken",
    ("withdrawn_then_amended", "w"): "overtaken",
    ("withdrawal_withdrawn", "w"): "withdrawn",
    ("withdrawal_withdrawn", "v"): "applied",
    ("withdrawal_withdrawn_and_back", "u"): "not_correctable",
    ("amendment_withdrawn", "a"): "withdrawn",
    ("by_another_source", "w"): "not_permitted",
    ("by_another_agency", "w"): "not_permitted",
    ("by_an_agency_of_a_like_name", "w"): "not_permitted",
    ("by_its_agency", "w"): "applied",
    ("unknown_field", "a"): "unknown_field",
    ("at_the_cutoff", "w"): "after_cutoff",
    ("from_the_future", "a"): "time_in_future",
    ("of_a_closed_month", "a"): "late",
    ("of_a_month_that_is_not_read", "a"): "late",
    ("nobody_knows", "w"): "waits",
}


def events():
    for minute, (name, (raw_value, corrections, _counts)) in enumerate(ANSWERS.items()):
        told_at = TOLD_AT.get(name, f"2027-03-04T09:{minute:02}:00+02:00")  # a minute apart, as no burst is
        sent = {"source": FORMS, "event_id": name, "mode": "device", "offset_minutes": 120}
        received = "2027-03-04T09:50:00+02:00" if told_at.startswith("2020") else None
        yield answer("corrected", told_at, raw_value, received_at=received, **sent)
        for key, kind, changes in corrections:
            yield correction(name, key, kind, **changes)
    yield correction("nobody_knows", "w", "withdrawn")


def correction(
    name,
    key,
    kind,
    raw=None,
    time=None,
    at="10:00",
    received_at=None,
    source=FORMS,
    ref_source=FORMS,
    of=None,
    **replaced,
):
    """A correction with the id name/key of the event *name*, or of its correction *of*."""
    if raw:
        given = {"question_code": "overall", "question_version": 1, "scale_code": "faces_4", "raw_value": raw}
        replaced["answers"] = [given]
    if time:
        replaced["time"] = time
    data = {
        "ref_source": ref_source,
        "ref_id": f"{name}/{of}" if of else name,
        "reason": "keying_error",
        "who_role": "source_owner",
        **({"replaced": replaced} if kind == "amended" else {}),
    }
    sent = {"source": source, "received_at": received_at, "event_id": f"{name}/{key}", "offset_minutes": 120}
    return event(f"correction.{kind}", "corrected", f"2027-03-08T{at}:00+02:00", **sent, **data)
