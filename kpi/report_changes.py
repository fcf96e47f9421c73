"""What a report says beside a number: what has changed, what could have been seen, and what few observations hide."""

from kpi.published import MetricLabel, Release
from kpi.released_statistics import Change, Smoothed
from kpi.report_content import Cell, Fact
from kpi.report_numbers import Reading, code_name, interval_text, value_text
from kpi.texts import Texts

COMPARISONS = ("month", "year")
# The first months of a metric have nothing to be compared with: that is said once, not by every metric.
UNSAID = {"year": ("no_earlier_month",)}


def change_cell(reading: Reading, metric: MetricLabel, mode: str) -> Cell:
    """The verdict on the month before in a few words; without one, nothing is claimed."""
    change = reading.change(metric, mode, "month")
    if change is None:
        return Cell(reading.texts("value.missing"))
    reason = reason_name(change.reason, reading.release, reading.texts) if change.reason else ""
    return Cell(reading.texts(f"change.{change.verdict}"), detail=f"({reason})" if reason else "")


def change_facts(reading: Reading, metric: MetricLabel, modes: tuple[str, ...]) -> tuple[Fact, ...]:
    """The change since the month before and since a year ago, in a sentence for each collection mode."""
    texts = reading.texts
    facts = []
    for comparison in COMPARISONS:
        for mode in modes:
            change = reading.change(metric, mode, comparison)
            if change is None or change.reason in UNSAID.get(comparison, ()):
                continue
            sentence = sentence_of_change(change, metric, reading)
            if len(modes) > 1:
                name = reading.code("collection_mode", mode)
                sentence = texts("change.of_mode", mode=name.capitalize(), sentence=sentence)
            facts.append(Fact(texts(f"change.since.{comparison}"), sentence))
    return tuple(facts)


def smoothed_facts(reading: Reading, metric: MetricLabel) -> tuple[Fact, ...]:
    """A number of few observations by other methods: of more months, or drawn towards the points of its size class."""
    texts = reading.texts
    return tuple(
        Fact(texts(f"smoothed.{row.method}"), _smoothed_sentence(row, metric, reading))
        for row in reading.release.smoothed
        if row.metric_id == metric.metric_id
    )


def _smoothed_sentence(row: Smoothed, metric: MetricLabel, reading: Reading) -> str:
    texts = reading.texts
    has_interval = row.lower_bound is not None and row.upper_bound is not None
    sentence = texts(
        "sentence.with_interval" if has_interval else "sentence.without_interval",
        value=value_text(row.value, metric, texts),
        interval=interval_text(row.lower_bound or 0.0, row.upper_bound or 0.0, metric, texts),
        count=texts.number(row.observation_count, 0),
    )
    own = "" if row.own_value is None else value_text(row.own_value, metric, texts)
    said = texts("smoothed.beside", sentence=sentence, own=own)
    if len(reading.own(metric)) > 1:
        mode = reading.code("collection_mode", row.collection_mode).capitalize()
        return texts("change.of_mode", mode=mode, sentence=said)
    return said


def sentence_of_change(change: Change, metric: MetricLabel, reading: Reading) -> str:
    """The verdict with the size of the difference; without evidence, also what could have been seen."""
    texts = reading.texts
    if change.verdict == "not_comparable" or change.difference is None:
        return texts("change.sentence.not_comparable", reason=reason_name(str(change.reason), reading.release, texts))
    amount = difference_text(change.difference, metric, texts)
    if change.lower_bound is not None and change.upper_bound is not None:
        lower, upper = (difference_text(bound, metric, texts) for bound in (change.lower_bound, change.upper_bound))
        amount = texts("change.amount", difference=amount, lower=lower, upper=upper)
    sentence = texts(f"change.sentence.{change.verdict}", amount=amount)
    if change.verdict == "no_evidence" and change.smallest_detectable_change:
        smallest = difference_text(change.smallest_detectable_change, metric, texts, sign=False)
        sentence += " " + texts("change.detectable", smallest=smallest)
    return sentence


def reason_name(code: str, release: Release, texts: Texts) -> str:
    """Why two numbers are not compared; what a number lacks by itself is named as in its own row."""
    kind = "change_reason" if code in release.codes.get("change_reason", {}) else "status_reason"
    return code_name(kind, code, release, texts)


def difference_text(difference: float, metric: MetricLabel, texts: Texts, *, sign: bool = True) -> str:
    """A difference with its sign and unit: −2,4 prosenttiyksikköä; +0,12; +3,5 min."""
    size = abs(difference)
    written = (
        texts("unit.percentage_points", number=texts.number(100 * size, metric.decimals))
        if metric.unit == "share"
        else value_text(size, metric, texts)
    )
    return f"{_mark(difference) if sign else ''}{written}"


def difference_number(difference: float, metric: MetricLabel, texts: Texts) -> str:
    """A difference with its sign, beside one that tells the unit: −2,4."""
    size = abs(difference) * (100 if metric.unit == "share" else 1)
    return f"{_mark(difference)}{texts.number(size, metric.decimals)}"


def _mark(difference: float) -> str:
    if round(difference, 9) == 0:
        return ""
    return "+" if difference > 0 else "\u2212"
