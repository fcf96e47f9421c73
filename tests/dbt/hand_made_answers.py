"""Answers of the hand-made October beyond ratings: every item, bursts, open feedback, invitations and staff."""

from hand_made_landing import answer, event

ITEMS = (
    *("safety_physical", "safety_information", "respectful", "empathetic", "equal", "equality_language"),
    *("equality_ability", "equality_background", "equality_devices"),
)
TRUST = ("trust_acts_correctly", "trust_statutes_followed", "trust_equal_treatment")
# Seconds after the first press: the sixth at 10 s is in the burst, the seventh is not; elsewhere the sixth is late.
BURST = (0, 1, 2, 3, 4, 10, 20)
NO_BURST = (0, 1, 2, 3, 4, 11)


def events():
    return [*items(), *yes_and_no(), *presses(), *open_feedback(), *invitations(), *staff()]


def items():
    form = {"mode": "survey", "scale": "rating_5", "source": "/surveys/w", "precision": "day", "offset_minutes": 180}
    for number, question in enumerate((*ITEMS, *TRUST)):
        for raw_value in ("5", str(number % 5 + 1)):
            yield answer("survey_only", "2026-10-14 00:00:00", raw_value, question, wave_id="w", **form)
    # About a visit before the wave began.
    yield answer("survey_only", "2026-10-06 00:00:00", "3", "respectful", wave_id="w", visited_on="2026-09-30", **form)
    for number, question in enumerate(TRUST):
        yield answer(None, "2026-10-14 00:00:00", str(number + 1), question, wave_id="wider", **form)


def yes_and_no():
    pop_up = {"question": "independent_next_time", "scale": "yes_no", "mode": "popup_self_service"}
    for raw_value in ("yes", "yes", "no", "skipped"):
        yield answer("flat", "2026-10-14 12:00:00", raw_value, source="/points/flat/popups/p", **pop_up)
    by_sms = {"question": "language_received", "scale": "yes_no", "mode": "sms", "agency": "kela"}
    for day, raw_value in (("14", "yes"), ("15", "no"), ("31", "yes")):
        yield answer("flat", f"2026-10-{day} 12:00:00", raw_value, source="/agencies/kela/sms", **by_sms)


def presses():
    for point, seconds in (("night", BURST), ("flat", NO_BURST)):
        for second in seconds:
            yield answer(point, f"2026-09-21 12:00:{second:02}", "1", source=f"/points/{point}/devices/d")
    for _ in range(6):
        hourly = {"source": "/points/rules/devices/d", "precision": "hour"}
        yield answer("rules", "2026-09-21 12:00:00", "1", **hourly)


def open_feedback():
    """Of seven sheets five are open feedback; one is neutral and one is judged by nobody."""
    for polarity, basis, text in (
        ("positive", "recorder", None),
        ("positive", "stated", "kiitos"),
        ("negative", "rating", "jono"),
        ("negative", "rating", None),
        ("neutral", "stated", None),
        (None, None, "jono"),
        (None, None, " "),
    ):
        told = {"polarity": polarity, "polarity_basis": basis, "text": text, "mode": "oral", "answers": []}
        known = {name: value for name, value in told.items() if value is not None}
        yield event("feedback.given", "flat", "2026-10-14 12:00:00", source="/points/flat/oral", **known)
    praise = {"polarity": "positive", "polarity_basis": "stated", "mode": "oral", "answers": []}
    yield event("feedback.given", "rules", "2026-10-14 12:00:00", source="/points/rules/oral", **praise)


def invitations():
    """Counted after the month that they are of; of vero's one invitation two answers came, and te asked nobody."""
    for agency, count in (("kela", 8), ("vero", 1), ("te", 0)):
        counted = {"mode": "sms", "agency": agency, "count": count, "period": "2026-10"}
        yield event("survey.invited", "flat", "2026-11-02T08:00:00+02:00", source=f"/agencies/{agency}/sms", **counted)
    for day in ("14", "15"):
        by_sms = {"question": "language_received", "scale": "yes_no", "mode": "sms", "agency": "vero"}
        yield answer("flat", f"2026-10-{day} 12:00:00", "yes", source="/agencies/vero/sms", **by_sms)


def staff():
    """A count that is sent again replaces the earlier, also in the next month while the first one's is not final.

    Of eleven answers two were blank, and nine are too few.
    """
    for at, agency, wave, item, counts in (
        ("2026-10-20 12:00:00", "kela", "s", "staff_safety_physical", {"1": 10}),
        ("2026-10-21 12:00:00", "kela", "s", "staff_safety_physical", {"4": 6, "5": 4}),
        ("2026-10-21 12:00:00", "kela", "s", "staff_safety_information", {"5": 9, "blank": 2}),
        ("2026-09-28 12:00:00", "vero", "s", "staff_safety_physical", {"2": 12}),
        ("2026-10-05 12:00:00", "vero", "s", "staff_safety_physical", {"3": 11}),
        ("2026-10-12 12:00:00", "vero", "s", "staff_safety_physical", {"1": 20}),
        ("2026-08-20 12:00:00", "vero", "summer", "staff_safety_physical", {"1": 15}),
        ("2026-10-09 12:00:00", "vero", "summer", "staff_safety_physical", {"5": 16}),
    ):
        distribution = [{"raw_value": value, "count": count} for value, count in counts.items()]
        asked = {"wave_id": wave, "item_code": item, "scale_code": "rating_5"}
        told = asked | {"n": sum(counts.values()), "distribution": distribution}
        yield event("staff_survey.counted", None, at, source=f"/agencies/{agency}/staff_survey", **told)
