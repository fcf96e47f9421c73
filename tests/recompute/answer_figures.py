"""Observations of the metrics that are made of what customers answered."""

from collections import defaultdict
from datetime import date, timedelta

from queue_figures import observation

RATED = {
    "customer_safety_physical_mean": "safety_physical",
    "customer_safety_information_mean": "safety_information",
    "respectful_mean": "respectful",
    "empathetic_mean": "empathetic",
    "equal_mean": "equal",
    "equality_language_mean": "equality_language",
    "equality_ability_mean": "equality_ability",
    "equality_background_mean": "equality_background",
    "equality_devices_mean": "equality_devices",
    "trust_acts_correctly_mean": "trust_acts_correctly",
    "trust_statutes_followed_mean": "trust_statutes_followed",
    "trust_equal_treatment_mean": "trust_equal_treatment",
}
YES_NO = {"independent_next_time_share": "independent_next_time", "service_language_share": "language_received"}
OUTCOMES = {
    "resolved_rate": ("resolved",),
    "advanced_rate": ("resolved", "filed"),
    "not_advanced_rate": ("neither",),
}
BURST_PRESSES, BURST_SECONDS = 6, 10


def answer_observations(events, places):
    given = [event for event in events if event["type"] == "feedback.given"]
    flagged = flagged_presses(given)
    for event in given:
        sheet = {
            "point": event["point"],
            "agency": places.agency_on(event["data"].get("agency"), event["about"]),
            "day": event["about"],
        }
        mode = event["data"]["mode"]
        is_flagged = event["key"] in flagged
        if mode == "device":
            yield observation("flagged_press_share", sheet, mode, int(is_flagged), 1)
        yield from polarity_observations(event, sheet, mode)
        is_customer = population_of(event, places) != "wider_sample"
        for answer in event["data"]["answers"]:
            yield from one_answer(answer, sheet, mode, is_flagged, is_customer, places)


def population_of(event, places):
    wave = places.waves.get(event["data"].get("wave_id"), {})
    return event["data"].get("population") or wave.get("population")


def one_answer(answer, sheet, mode, is_flagged, is_customer, places):
    question, raw = answer["question_code"], str(answer["raw_value"])
    score = places.scores.get((answer["scale_code"], raw))
    if question == "overall" and score is not None and is_customer:
        for suffix in ("_all_presses",) if is_flagged else ("", "_all_presses"):
            yield observation(f"satisfaction_mean{suffix}", sheet, mode, float(score), 1)
            yield observation(f"satisfaction_happy_share{suffix}", sheet, mode, int(score >= 4), 1)
    for metric, code in RATED.items():
        if question == code and score is not None and is_customer:
            yield observation(metric, sheet, mode, float(score), 1)
        elif question == code and score is not None and metric.startswith("trust"):
            yield observation(metric, sheet | {"point": None, "agency": None}, "wider_sample", float(score), 1)
    if question == "outcome" and raw in ("resolved", "filed", "neither") and is_customer:
        for metric, values in OUTCOMES.items():
            yield observation(metric, sheet, mode, int(raw in values), 1)
    for metric, code in YES_NO.items():
        wanted = metric != "independent_next_time_share" or mode == "popup_self_service"
        if question == code and raw in ("yes", "no") and wanted and is_customer:
            yield observation(metric, sheet, mode, int(raw == "yes"), 1)


def polarity_observations(event, sheet, mode):
    data = event["data"]
    polarity = data.get("polarity")
    if data.get("text") or data.get("polarity_basis") in ("stated", "recorder"):
        positive, negative = int(polarity == "positive"), int(polarity == "negative")
        yield observation("open_feedback_positive_count", sheet, mode, positive)
        yield observation("open_feedback_negative_count", sheet, mode, negative)
        yield observation("open_feedback_unclassified_count", sheet, mode, int(polarity in (None, "unclassified")))
        yield observation("open_feedback_ratio", sheet, mode, positive, negative)
        if positive or negative:
            yield observation("open_feedback_positive_share", sheet, mode, positive, 1)


def flagged_presses(given):
    """Keys of presses that the vendor takes for misuse, and those of a burst but for its first."""
    flagged = {event["key"] for event in given if event["data"].get("misuse")}
    by_device = defaultdict(list)
    for event in given:
        if event["data"]["mode"] == "device":
            by_device[event["source"]].append(event)
    for presses in by_device.values():
        presses.sort(key=lambda event: event["at"])
        in_burst = set()
        for start in range(len(presses) - BURST_PRESSES + 1):
            same = range(start, start + BURST_PRESSES)
            if presses[same[-1]]["at"] - presses[start]["at"] <= timedelta(seconds=BURST_SECONDS):
                in_burst.update(same)
        flagged.update(presses[one]["key"] for one in in_burst if one - 1 in in_burst)
    return flagged


def response_observations(events, places):
    """Answers by text message beside the invitations of the same point, agency and month of the visit."""
    invited, answered = defaultdict(int), defaultdict(int)
    for event in events:
        data = event["data"]
        if event["type"] == "survey.invited" and data["mode"] == "sms":
            month = date.fromisoformat(data["period"] + "-01")
            invited[event["point"], places.agency_on(data["agency"], month), month] += data["count"]
        if event["type"] == "feedback.given" and data["mode"] == "sms":
            month = event["about"].replace(day=1)
            answered[event["point"], places.agency_on(data.get("agency"), event["about"]), month] += 1
    for (point, agency, month), count in invited.items():
        cell = {"point": point, "agency": agency, "day": month}
        yield observation("response_rate", cell, "sms", answered[point, agency, month], count)


def staff_observations(events, places):
    for event in events:
        if event["type"] == "staff_survey.counted":
            data = event["data"]
            sent_by = event["source"].split("/")[2] if event["source"].startswith("/agencies/") else None
            cell = {"point": event["point"], "agency": places.agency_on(sent_by, event["about"]), "day": event["about"]}
            parts = [
                (places.scores.get((data["scale_code"], str(p["raw_value"]))), p["count"]) for p in data["distribution"]
            ]
            score = sum(float(score) * count for score, count in parts if score is not None)
            count = sum(count for score, count in parts if score is not None)
            yield observation(f"{data['item_code']}_mean", cell, "survey", score, count)
