"""What the tests of files share: a mapping of paper forms, and what becomes of a file by it."""

import yaml

from ingest import contracts
from ingest.files.mapping_checks import read_mapping
from ingest.files.reading import preview
from ingest.files.report import Report

CONTRACTS = contracts.read_contracts()
ANSWER = {"question_version": 1, "scale_code": "rating_5"}
FORMS = {
    "event": "fi.pulssi.feedback.given.v1",
    "source": "/agencies/kela/paper_forms",
    "identity": ["lomake"],
    "time": {"column": "aika", "format": "finnish", "precision": "day", "time_zone": "Europe/Helsinki"},
    "subject": {"column": "piste"},
    "data": {
        "mode": "survey",
        "answers": [{"question_code": "overall", **ANSWER, "raw_value": {"column": "arvosana", "type": "integer"}}],
    },
}
HEADER = ["lomake", "aika", "piste", "arvosana"]
ROW = ["1", "5.10.2026", "turku", "4"]


def mapping_of(folder, **changes):
    """The mapping of forms with some keys changed; one changed to None is left out."""
    content = {key: value for key, value in (FORMS | changes).items() if value is not None}
    path = folder / "forms.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return read_mapping(path, CONTRACTS)


def read(path, **changes):
    """The events of a file, and its report."""
    report = Report()
    return list(preview(path, mapping_of(path.parent, **changes), report)), report


def csv_file(folder, *rows, name="forms.csv", separator=","):
    path = folder / name
    path.write_text("".join(separator.join(row) + "\n" for row in rows), encoding="utf-8")
    return path
