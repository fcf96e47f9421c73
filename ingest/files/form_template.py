"""The Excel workbook into which paper forms are keyed, and the mapping that reads it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from infra.errors import ActionNeeded
from ingest.reference.checks import Reference

TEXTS = Path(__file__).parent / "form_texts.yml"
QUESTIONS = (
    "overall",
    "outcome",
    "safety_physical",
    "safety_information",
    "respectful",
    "empathetic",
    "equal",
    "language_received",
    "independent_next_time",
)
FORM_VERSION = "excel-1"
_SCALES = ("rating_5", "faces_5", "faces_4")  # where a question may be asked on several: as paper has it
_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A column of the form; *codes* are the labels of its drop-down list and what they mean; none: free to write."""

    title: str
    codes: dict[str, Any]
    width: int
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    code: str
    version: int
    scale_code: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class Form:
    """What the workbook asks, in one language, by the reference data of a day."""

    texts: dict[str, Any]
    points: Choice
    agencies: Choice
    languages: Choice
    questions: tuple[Question, ...]

    @property
    def columns(self) -> list[Choice]:
        """From left to right."""
        return [
            Choice(self.texts["number"], {}, 14),
            Choice(self.texts["visited_on"], {}, 14, is_date=True),
            self.points,
            self.agencies,
            self.languages,
            *(question.choice for question in self.questions),
            Choice(self.texts["text"], {}, 60),
            Choice(self.texts["keyed_on"], {}, 16, is_date=True),
        ]


def form_of(reference: Reference, language: str, on: date, codes: Sequence[str] = QUESTIONS) -> Form:
    """The form with the points, agencies and questions of the day *on*. Raises ActionNeeded."""
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))[language]
    name = f"name_{language}"
    points = _labels(_valid(reference, "service_points.csv", on), name, "service_point_id")
    agencies = _labels(_valid(reference, "agencies.csv", on), name, "agency_code")
    questions = tuple(found for code in codes if (found := _question(reference, code, language, on)) is not None)
    if not points or not questions:
        raise ActionNeeded(
            f"the reference data has no service point or none of the questions {', '.join(codes)}: add them"
        )
    return Form(
        texts,
        Choice(texts["point"], dict(sorted(points.items())), 34),
        Choice(texts["agency"], {texts["no_agency"]: None} | dict(sorted(agencies.items())), 34),
        Choice(texts["language"], {label: code for code, label in texts["languages"].items()}, 16),
        questions,
    )


def mapping_of(form: Form, time_zone: str) -> dict[str, Any]:
    """The mapping that reads the workbook back."""
    texts = form.texts

    def column(choice: Choice, **more: Any) -> dict[str, Any]:
        codes = {label: code for label, code in choice.codes.items() if code is not None}
        return {"column": choice.title, "codes": codes, **more}

    return {
        "event": "fi.pulssi.feedback.given.v1",
        "source": "/points/{subject}/paper",
        "format": "xlsx",
        "sheet": texts["sheet"],
        "identity": [texts["number"]],
        "time": {
            "column": texts["visited_on"],
            "format": ["finnish", "iso"],
            "precision": "day",
            "time_zone": time_zone,
        },
        "subject": column(form.points),
        "data": {
            "mode": "paper",
            "form_version": FORM_VERSION,
            "keyed_on": {"column": texts["keyed_on"], "type": "date", "format": ["finnish", "iso"]},
            "agency": column(form.agencies, no_answer=["", texts["no_agency"]]),
            "language": column(form.languages),
            "answers": [
                {
                    "question_code": question.code,
                    "question_version": question.version,
                    "scale_code": question.scale_code,
                    "raw_value": column(question.choice),
                }
                for question in form.questions
            ],
            "text": {"column": texts["text"]},
        },
    }


def write_workbook(form: Form, path: Path) -> None:
    """Write the empty workbook: a sheet to fill in, one with instructions, and a hidden one with the lists."""
    import openpyxl
    from openpyxl.styles import Alignment, Font, PatternFill

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = form.texts["sheet"]
    guide, lists = book.create_sheet(form.texts["help_sheet"]), book.create_sheet(form.texts["lists_sheet"])
    lists.sheet_state = "hidden"
    for number, choice in enumerate(form.columns, start=1):
        cell = sheet.cell(1, number, choice.title)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="003580")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[cell.column_letter].width = choice.width
        _fill_column(sheet, lists, number, choice, form.texts)
    sheet.row_dimensions[1].height = 64
    sheet.freeze_panes = "B2"
    guide.column_dimensions["A"].width = 100
    guide.cell(1, 1, form.texts["title"]).font = Font(bold=True, size=14)
    for number, sentence in enumerate(form.texts["help"], start=1):
        guide.cell(number + 2, 1, f"{number}. {sentence}").alignment = Alignment(wrap_text=True, vertical="top")
    book.save(path)


def _fill_column(sheet: Any, lists: Any, number: int, choice: Choice, texts: dict[str, Any]) -> None:
    """Give the cells of a column their kind, and their drop-down list."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(number)
    if choice.is_date:
        rule = DataValidation(type="date", operator="greaterThan", formula1="DATE(2020,1,1)", allow_blank=True)
        rule.errorTitle, rule.error = texts["date_error_title"], texts["date_error"]
    elif choice.codes:
        for row, label in enumerate(choice.codes, start=1):
            lists.cell(row, number, label).number_format = "@"
        area = f"'{texts['lists_sheet']}'!${letter}$1:${letter}${len(choice.codes)}"
        rule = DataValidation(type="list", formula1=area, allow_blank=True)
        rule.errorTitle, rule.error = texts["error_title"], texts["error"]
    else:
        rule = None
    if rule is not None:
        rule.showErrorMessage = True
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{_ROWS + 1}")
    sheet.column_dimensions[letter].number_format = "d.m.yyyy" if choice.is_date else "@"


def _valid(reference: Reference, file: str, on: date) -> list[dict[str, Any]]:
    rows = [row.values for row in reference[file]]
    return [row for row in rows if row["valid_from"] <= on and (row["valid_to"] is None or on < row["valid_to"])]


def _labels(rows: list[dict[str, Any]], label: str, code: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        if found.setdefault(row[label], row[code]) != row[code]:
            raise ActionNeeded(
                f"{row[label]!r} is the {label} of two codes, which a list cannot tell apart: rename one"
            )
    return found


def _question(reference: Reference, code: str, language: str, on: date) -> Question | None:
    rows = [row for row in _valid(reference, "questions.csv", on) if row["question_code"] == code]
    if not rows:
        return None
    best = min(rows, key=lambda row: _SCALES.index(row["scale_code"]) if row["scale_code"] in _SCALES else len(_SCALES))
    values = [row.values for row in reference["scale_values.csv"] if row.values["scale_code"] == best["scale_code"]]
    labels = _labels(values, f"label_{language}", "raw_value")
    codes = {label: _raw(written) for label, written in labels.items()}
    choice = Choice(best[f"text_{language}"], codes, 24)
    return Question(code, best["question_version"], best["scale_code"], choice)


def _raw(written: str) -> int | str:
    return int(written) if written.isdecimal() else written
