"""What a report says of a change: the verdict in words, how large it is, and what could have been seen."""

from kpi.published import Change, MetricLabel
from kpi.report_content import Cell, Fact
from kpi.report_numbers import Reading, value_text

COMPARISONS = ("month", "year")
# The first months of a metric have nothing to be compared with: that is said once, not by every metric.
UNSAID = {"year": ("no_earlier_month",)}


def change_cell(reading: Reading, metric: MetricLabel, mode: str) -> Cell:
    """The verdict on the month before in a few words; without one, nothing is claimed."""
    change = reading.change(metric, mode, "month")
    if change is None:
        return Cell(reading.texts("value.missing"))
    reason = reason_of(change, reading) if change.reason else ""
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


def sentence_of_change(change: Change, metric: MetricLabel, reading: Reading) -> str:
    """The verdict with the size of the difference; without evidence, also what could have been seen."""
    texts = reading.texts
    if change.verdict == "not_comparable" or change.difference is None:
        return texts("change.sentence.not_comparable", reason=reason_of(change, reading))
    amount = difference_text(change.difference, metric, reading)
    if change.lower_bound is not None and change.upper_bound is not None:
        lower, upper = (difference_text(bound, metric, reading) for bound in (change.lower_bound, change.upper_bound))
        amount = texts("change.amount", difference=amount, lower=lower, upper=upper)
    sentence = texts(f"change.sentence.{change.verdict}", amount=amount)
    if change.verdict == "no_evidence" and change.smallest_detectable_change:
        smallest = difference_text(change.smallest_detectable_change, metric, reading, sign=False)
        sentence += " " + texts("change.detectable", smallest=smallest)
    return sentence


def reason_of(change: Change, reading: Reading) -> str:
    """Why two numbers are not compared; what a number lacks by itself is named as in its own row."""
    code = str(change.reason)
    kind = "change_reason" if code in reading.release.codes.get("change_reason", {}) else "status_reason"
    return reading.code(kind, code)


def difference_text(difference: float, metric: MetricLabel, reading: Reading, *, sign: bool = True) -> str:
    """A difference with its sign and unit: −2,4 prosenttiyksikköä; +0,12; +3,5 min."""
    texts = reading.texts
    size = abs(difference)
    written = (
        texts("unit.percentage_points", number=texts.number(100 * size, metric.decimals))
        if metric.unit == "share"
        else value_text(size, metric, texts)
    )
    mark = "" if not sign or round(size, 9) == 0 else "+" if difference > 0 else "\u2212"
    return f"{mark}{written}"
