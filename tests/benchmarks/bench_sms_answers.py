"""How many answers by text message are read rightly. Run: python tests/benchmarks/bench_sms_answers.py --set build"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import click

from ingest.sms_answers.answers import Question, Reading, read_answers

FOLDER = Path(__file__).parents[1] / "ingest" / "sms_answers"
RATINGS = {"rating": "rating_5", "outcome": "outcome_3", "yes_no": "yes_no", "safety": "rating_5", "equal": "rating_5"}
CLASSES = ["1", "2", "3", "4", "5", "resolved", "filed", "neither", "yes", "no", "unclear", "stop"]


class Case(NamedTuple):
    """A labelled message; *expected* has a value per question, "unclear" or "stop"."""

    question: str
    language: str
    expected: list[str]
    text: str

    @property
    def questions(self) -> list[Question]:
        return [Question(code, RATINGS[code]) for code in self.question.split("+")]


def cases(name: str) -> list[Case]:
    """The cases of build, held_out, second, third or fourth."""
    file = "labelled.csv" if name in ("build", "held_out") else f"{name}.csv"
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if file == "labelled.csv":
        rows = [row for row in rows if is_held_out(row) == (name == "held_out")]
    return [_case(row) for row in rows]


def is_held_out(row: dict[str, str]) -> bool:
    """A third of the cases, by the first byte of a hash of question and text."""
    return hashlib.blake2b(f"{row['question']}\0{row['text']}".encode()).digest()[0] % 3 == 0


def parsed(case: Case) -> list[str]:
    reading: Reading = read_answers(case.text, case.questions)
    if reading.kind == "stop":
        return ["stop"] * len(case.questions)
    return ["unclear" if answer.value is None else str(answer.value) for answer in reading.answers]


def confusion(listed: Iterable[Case]) -> Counter[tuple[str, str]]:
    return Counter(pair for case in listed for pair in zip(case.expected, parsed(case), strict=True))


def figures(table: Counter[tuple[str, str]]) -> dict[str, float]:
    """Shares: of all answers read rightly; of values given that are right; of values in the labels that are found."""
    values = set(CLASSES) - {"unclear", "stop"}
    right = sum(count for (label, read), count in table.items() if label == read)
    given = sum(count for (_, read), count in table.items() if read in values)
    there = sum(count for (label, _), count in table.items() if label in values)
    right_values = sum(count for (label, read), count in table.items() if label == read and label in values)
    return {
        "answers": table.total(),
        "accuracy": right / table.total(),
        "precision": right_values / given if given else 1.0,
        "recall": right_values / there if there else 1.0,
    }


def _case(row: dict[str, str]) -> Case:
    count = len(row["question"].split("+"))
    expected = row["expected"].split("+")
    return Case(row["question"], row["language"], expected * count if expected == ["stop"] else expected, row["text"])


def _print_table(table: Counter[tuple[str, str]]) -> None:
    click.echo("label \\ read " + "".join(f"{name:>9}" for name in CLASSES))
    for label in CLASSES:
        if any(table[label, read] for read in CLASSES):
            click.echo(f"{label:<13}" + "".join(f"{table[label, read] or '.':>9}" for read in CLASSES))


def _print_figures(name: str, listed: list[Case]) -> None:
    if listed:
        shares = figures(confusion(listed))
        click.echo(
            f"{name:<20}{shares['answers']:>6}  accuracy {shares['accuracy']:6.1%}"
            f"  precision of values {shares['precision']:6.1%}  recall of values {shares['recall']:6.1%}"
        )


@click.command()
@click.option("--set", "name", type=click.Choice(["build", "held_out", "second", "third", "fourth"]), default="build")
@click.option("--wrong", is_flag=True, help="List what was read wrongly.")
def main(name: str, wrong: bool) -> None:
    """Print figures and confusion table of a labelled set."""
    listed = cases(name)
    _print_figures(name, listed)
    for language in ("fi", "sv", "en"):
        _print_figures(f"  {language}", [case for case in listed if case.language == language])
    for question in dict.fromkeys(case.question for case in listed):
        _print_figures(f"  {question}", [case for case in listed if case.question == question])
    _print_table(confusion(listed))
    if wrong:
        for case in listed:
            if parsed(case) != case.expected:
                click.echo(f"{case.question} {case.language} {case.text!r}: {case.expected}, read {parsed(case)}")


if __name__ == "__main__":
    main()
