"""What customers and staff answered, worked out in plain Python: scores, shares, open feedback, bursts, responses."""

from collections import defaultdict
from datetime import date, timedelta

METRICS_OF_ANSWERS = {
    "safety_physical": "customer_safety_physical_mean",
    "safety_information": "customer_safety_information_mean",
    "respectful": "respectful_mean",
    "empathetic": "empathetic_mean",
    "equal": "equal_mean",
    "equality_language": "equality_language_mean",
    "equality_ability": "equality_ability_mean",
    "equality_background": "equality_background_mean",
    "equality_devices": "equality_devices_mean",
    "trust_acts_correctly": "trust_acts_correctly_mean",
    "trust_statutes_followed": "trust_statutes_followed_mean",
    "trust_equal_treatment": "trust_equal_treatment_mean",
}
METRICS = {
    *METRICS_OF_ANSWERS.values(),
    *("satisfaction_mean", "satisfaction_happy_share", "satisfaction_mean_all_presses"),
    *("satisfaction_happy_share_all_presses", "flagged_press_share"),
    *("resolved_rate", "advanced_rate", "not_advanced_rate", "independent_next_time_share", "service_language_share"),
    *("open_feedback_positive_count", "open_feedback_negative_count", "open_feedback_unclassified_count"),
    *("open_feedback_ratio", "open_feedback_positive_share", "response_rate"),
    *("staff_safety_physical_mean", "staff_safety_information_mean"),
}
BURST_PRESSES, BURST_SECONDS = 6, 10


def count_answers(world, books):
    listed = {(row["scale_code"], row["raw_value"]): row["score"] for row in world.tables["scale_value"]}
    populations = {row["wave_id"]: row["population"] for row in world.tables["wave"]}
    dated = [(event, world.day_of_visit(event)) for event in world.events if event["event_type"] == "feedback.given"]
    sheets = [(sheet, day) for sheet, day in dated if world.counts(sheet, day)]
    bursts = presses_in_bursts([sheet for sheet, _ in sheets])
    for sheet, day in sheets:
        data = sheet["data"]
        population = data.get("population") or populations.get(data.get("wave_id"), "customers")
        cell = (sheet["service_point_id"], world.agency(data.get("agency"), day), data["mode"], day)
        is_flagged = data.get("misuse", False) or sheet["event_key"] in bursts
        if population == "customers":
            count_open_feedback(data, cell, books)
        for answer in data["answers"]:
            key = (answer["scale_code"], str(answer["raw_value"]))
            if key in listed:
                count_answer(answer["question_code"], key[1], listed[key], cell, population, is_flagged, books)
    count_responses(world, sheets, populations, books)
    count_staff(world, listed, books)


def presses_in_bursts(sheets):
    """Keys of the presses that a press before them, in the same burst, makes doubtful."""
    presses = defaultdict(list)
    for sheet in sheets:
        if sheet["data"]["mode"] == "device" and sheet["time_precision"] == "second" and sheet["data"]["answers"]:
            question = sheet["data"]["answers"][0]["question_code"]
            presses[sheet["source"], question].append((sheet["occurred_at"], sheet["event_key"]))
    found = set()
    for of_device in map(sorted, presses.values()):
        for first in range(len(of_device) - BURST_PRESSES + 1):
            burst = of_device[first : first + BURST_PRESSES]
            if burst[-1][0] - burst[0][0] <= timedelta(seconds=BURST_SECONDS):
                found |= {key for _at, key in burst[1:]}
    return found


def count_answer(question, raw_value, score, cell, population, is_flagged, books):
    _point, _agency, mode, day = cell
    metric = METRICS_OF_ANSWERS.get(question)
    if population != "customers":
        if question.startswith("trust_") and score is not None and not is_flagged:
            books.add(metric, None, "not_attributable", f"{mode}_wider_sample", day, score)
        return
    if question == "overall" and mode == "device" and score is not None:
        books.add("satisfaction_mean_all_presses", *cell, score)
        books.add("satisfaction_happy_share_all_presses", *cell, score >= 4)
        books.add("flagged_press_share", *cell, is_flagged)
    if is_flagged:
        return
    if metric and score is not None:
        books.add(metric, *cell, score)
    elif question == "overall" and score is not None:
        books.add("satisfaction_mean", *cell, score)
        books.add("satisfaction_happy_share", *cell, score >= 4)
    elif question == "outcome":
        books.add("resolved_rate", *cell, raw_value == "resolved")
        books.add("advanced_rate", *cell, raw_value in ("resolved", "filed"))
        books.add("not_advanced_rate", *cell, raw_value == "neither")
    elif question == "independent_next_time" and mode == "popup_self_service":
        books.add("independent_next_time_share", *cell, raw_value == "yes")
    elif question == "language_received":
        books.add("service_language_share", *cell, raw_value == "yes")


def count_open_feedback(data, cell, books):
    if not data.get("text", "").strip() and data.get("polarity_basis") not in ("stated", "recorder"):
        return
    polarity = data.get("polarity", "unclassified")
    if polarity != "neutral":
        books.add(f"open_feedback_{polarity}_count", *cell, 1, 0)
    if polarity in ("positive", "negative"):
        books.add("open_feedback_positive_share", *cell, polarity == "positive")
        books.add("open_feedback_ratio", *cell, polarity == "positive", polarity == "negative")


def count_responses(world, sheets, populations, books):
    """Of those invited by month of the visit, who answered; more answers than invitations tell nothing."""
    invited, answered = defaultdict(int), defaultdict(set)
    for event in world.events:
        if event["event_type"] == "survey.invited":
            data, month = event["data"], date.fromisoformat(event["data"]["period"] + "-01")
            if world.counts(event, month):
                key = (event["service_point_id"], world.agency(data["agency"], month), data["mode"], month)
                invited[key] += data["count"]
    for sheet, day in sheets:
        data = sheet["data"]
        population = data.get("population") or populations.get(data.get("wave_id"), "customers")
        if data["answers"] and population == "customers":
            agency = world.agency(data.get("agency"), day)
            respondent = (sheet["source"], data.get("invitation_key") or sheet["event_key"])
            answered[sheet["service_point_id"], agency, data["mode"], day.replace(day=1)].add(respondent)
    for key, count in invited.items():
        if count > 0 and len(answered[key]) <= count:
            books.add("response_rate", *key, len(answered[key]), count)


def count_staff(world, listed, books):
    """A count that is sent again is of the day of the first one."""
    last, first_day = {}, {}
    for event in sorted(world.events, key=lambda event: (event["occurred_at"], event["event_key"])):
        if event["event_type"] == "staff_survey.counted":
            key = (event["source"], event["service_point_id"], event["data"]["wave_id"], event["data"]["item_code"])
            if world.counts(event, first_day.setdefault(key, world.day(event))):
                last[key] = event
    for (source, point, _wave, item), event in last.items():
        scale = event["data"].get("scale_code", "rating_5")
        parts = [(listed.get((scale, str(part["raw_value"]))), part["count"]) for part in event["data"]["distribution"]]
        scored = [(score, count) for score, count in parts if score is not None]
        if sum(count for _score, count in scored) >= 10:
            day = first_day[source, point, event["data"]["wave_id"], item]
            cell = (f"{item}_mean", point, world.agency(source.split("/")[2], day), "staff_survey", day)
            books.add(*cell, sum(score * count for score, count in scored), sum(count for _score, count in scored))
