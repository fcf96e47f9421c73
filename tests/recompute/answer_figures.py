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
FEWEST_STAFF = 10
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
        suffixes = [""] * (not is_flagged) + ["_all_presses"] * (mode == "device")
        for suffix in suffixes:
            yield observation(f"satisfaction_mean{suffix}", sheet, mode, float(score), 1)
            yield observation(f"satisfaction_happy_share{suffix}", sheet, mode, int(score >= 4), 1)
        if mode == "device":
            yield observation("flagged_press_share", sheet, mode, int(is_flagged), 1)
    for metric, code in RATED.items():
        if question == code and score is not None and is_customer:
            yield observation(metric, sheet, mode, float(score), 1)
        elif question == code and score is not None and metric.startswith("trust"):
            nowhere = sheet | {"point": None, "agency": None}
            yield observation(metric, nowhere, f"{mode}_wider_sample", float(score), 1)
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
    if data.get("text", "").strip() or data.get("polarity_basis") in ("stated", "recorder"):
        positive, negative = int(polarity == "positive"), int(polarity == "negative")
        yield observation("open_feedback_positive_count", sheet, mode, positive)
        yield observation("open_feedback_negative_count", sheet, mode, negative)
        yield observation("open_feedback_unclassified_count", sheet, mode, int(polarity in (None, "unclassified")))
        if positive or negative:
            yield observation("open_feedback_ratio", sheet, mode, positive, negative)
            yield observation("open_feedback_positive_share", sheet, mode, positive, 1)


def flagged_presses(given):
    """Keys of presses that the vendor takes for misuse, and those of a burst but for its first."""
    flagged = {event["key"] for event in given if event["data"].get("misuse")}
    by_device = defaultdict(list)
    for event in given:
        if event["data"]["mode"] == "device" and event["precision"] == "second":
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
        if count == 0 or answered[point, agency, month] > count:
            continue  # nobody was asked, or not all invitations were counted
        cell = {"point": point, "agency": agency, "day": month}
        yield observation("response_rate", cell, "sms", answered[point, agency, month], count)


def staff_observations(events, places):
    """Ratings of staff as the agency counted them; of what is sent again the latest holds, on the day of the first."""
    latest, first_day = {}, {}
    for event in events:
        if event["type"] == "staff_survey.counted":
            key = (event["source"], event["point"], event["data"]["wave_id"], event["data"]["item_code"])
            first_day.setdefault(key, event["about"])
            latest[key] = {**event, "about": first_day[key]}
    for event in latest.values():
        data = event["data"]
        sent_by = event["source"].split("/")[2] if event["source"].startswith("/agencies/") else None
        cell = {"point": event["point"], "agency": places.agency_on(sent_by, event["about"]), "day": event["about"]}
        counts = {str(part["raw_value"]): part["count"] for part in data["distribution"]}
        scores = {raw: places.scores.get((data.get("scale_code", "rating_5"), raw)) for raw in counts}
        rated = [raw for raw in counts if scores[raw] is not None]
        score = sum(float(scores[raw]) * counts[raw] for raw in rated)
        count = sum(counts[raw] for raw in rated)
        if count >= FEWEST_STAFF:
            yield observation(f"{data['item_code']}_mean", cell, "staff_survey", score, count)


def press_observations(observations, events, places, month, unmeasured):
    """Presses beside visits, of points where both were delivered in the month, on days but those of one only."""
    in_month = [row for row in observations if row["day"].replace(day=1) == month]
    visited = {row["point"] for row in in_month if row["metric"] == "visits"}
    heard = {event["source"] for event in events if event["about"].replace(day=1) == month}
    delivered = {
        row["service_point_id"]
        for row in places.tables["source"]
        if row["collection_mode"] == "device" and row["source"] in heard
    }
    for row in in_month:
        is_press = row["metric"] == "satisfaction_mean" and row["mode"] == "device"
        of_one_only = {(kind, row["point"], row["day"]) for kind in ("queue", "device")} & unmeasured
        if row["point"] in visited & delivered and not of_one_only and (is_press or row["metric"] == "visits"):
            cell = row | {"agency": None}
            yield observation("answers_per_100_visits", cell, "device", int(is_press), int(not is_press))
