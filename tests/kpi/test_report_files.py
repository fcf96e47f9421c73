"""The files of the monthly reports: PDF/UA, the same bytes each time, an index without a ranking, the command."""

import io
import json
import re
import subprocess
import sys
from dataclasses import asdict
from zoneinfo import ZoneInfo

import pypdf
import pytest
from report_builders import POINTS, metric, missing, release

from infra import database
from infra.errors import ActionNeeded
from kpi.report_layout import pdf
from kpi.report_page import report_content
from kpi.reports import chosen_points, write_index, write_reports
from kpi.texts import read_texts

HELSINKI = ZoneInfo("Europe/Helsinki")
FOOTER_HEIGHT = 34.1


@pytest.fixture(scope="module")
def texts():
    return read_texts("fi")


@pytest.fixture(scope="module")
def document(texts):
    return pdf(report_content(release(), POINTS[0], texts, HELSINKI), texts, release().cutoff)


def test_the_pdf_is_tagged_pdf_ua_with_title_language_and_alternative_texts(document):
    reader = pypdf.PdfReader(io.BytesIO(document))

    assert reader.metadata.title == "Oulun asiakaspalvelupiste: Asiakaskokemuksen kuukausiraportti, lokakuu 2026"
    assert reader.root_object["/Lang"] == "fi"
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.root_object["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in reader.root_object
    assert b"pdfuaid:part" in reader.root_object["/Metadata"].get_data()


def test_a_table_longer_than_a_page_goes_on_over_the_page_and_not_over_its_edge(texts):
    metrics = [metric(f"metric_{number}", f"Pitkänimisen mittarin osa {number}") for number in range(300)]
    rows = tuple(missing(label.metric_id, "oulu", "device", "no_source") for label in metrics)
    made = release(metrics={label.metric_id: label for label in metrics}, observations=rows)

    pages = pypdf.PdfReader(io.BytesIO(pdf(report_content(made, POINTS[0], texts, HELSINKI), texts, made.cutoff))).pages

    assert len(pages) > 20
    assert all(min(heights_of(page)) == FOOTER_HEIGHT for page in pages)


def heights_of(page):
    """How high each text stands on the page, in points from its lower edge."""
    found = []
    page.extract_text(visitor_text=lambda text, placed, *_: found.append(round(placed[5], 1)) if text.strip() else None)
    return found


def test_only_numbers_are_kept_on_one_line(texts, tmp_path):
    """What must not be broken makes a table as wide as it is: more of it and the page is wider than a window."""
    file = next(write_reports(release(), [POINTS[0]], texts, HELSINKI, tmp_path))
    page = file.read_text(encoding="utf-8")

    kept = re.findall(r'<span class="whole">(.*?)</span>', page)

    assert re.findall(r"(.+) \{[^}]*nowrap", page) == [".whole"]
    assert len(kept) > 30
    assert [text for text in kept if re.fullmatch(r"\(?[\d,]+–[\d,]+(\xa0(%|min))?[,.)]*", text) is None] == []


def test_the_pdf_is_dated_by_the_cutoff_and_not_by_the_clock(document):
    reader = pypdf.PdfReader(io.BytesIO(document))

    assert reader.metadata.creation_date == release().cutoff


def test_the_same_release_gives_the_same_bytes(texts, tmp_path):
    made = release()

    for folder in ("first", "second"):
        list(write_reports(made, chosen_points(made, ()), texts, HELSINKI, tmp_path / folder))
        write_index(made, texts, tmp_path / folder)

    first, second = (
        {file.relative_to(tmp_path / folder): file.read_bytes() for file in sorted((tmp_path / folder).rglob("*.*"))}
        for folder in ("first", "second")
    )
    assert len(first) == 2 * 3 + 1
    assert first == second


def test_the_index_lists_points_in_finnish_alphabetical_order(texts, tmp_path):
    made = release()
    list(write_reports(made, chosen_points(made, ()), texts, HELSINKI, tmp_path))

    listed = write_index(made, texts, tmp_path).read_text(encoding="utf-8")

    names = re.findall(r'<th scope="row"><a href="([^"]+)">', listed)
    assert names == ["oulu/report.fi.html", "zero/report.fi.html", "aland/report.fi.html"]


def test_a_point_that_the_release_does_not_have_is_refused_with_those_it_has():
    with pytest.raises(ActionNeeded, match="no service point 'turku': give one of aland, oulu, zero"):
        chosen_points(release(), ("oulu", "turku"))


def store(made, settings):
    """Write a release into the tables that the command reads."""
    plain = {
        "release_id": made.release_id,
        "month": made.month.first_day,
        "gate_verdicts": json.dumps(made.gate_verdicts),
        "created_at": made.created_at,
    }
    head = plain | {
        name: getattr(made, name) for name in ("vintage", "status", "cutoff", "content_hash", "reference_digest")
    }
    labels = [
        *(("metric", code, label) for code, label in made.metrics.items()),
        *(("service_point", code, label) for code, label in made.service_points.items()),
        *(("region", code, label) for code, label in made.regions.items()),
        *(("size_class", code, label) for code, label in made.size_classes.items()),
        *((kind, code, label) for kind, codes in made.codes.items() for code, label in codes.items()),
    ]
    rows = [{"release_id": made.release_id} | asdict(row) for row in made.observations]
    rows += [{"kind": kind, "code": code, "attributes": json.dumps(asdict(label))} for kind, code, label in labels]
    with database.connect(settings) as connection:
        insert(connection, "release", head)
        for row in rows:
            insert(
                connection,
                "observation" if "metric_id" in row else "release_label",
                {"release_id": made.release_id} | row,
            )


def insert(connection, table, row):
    places = ", ".join(f"%({name})s" for name in row)
    connection.execute(f"insert into publish.{table} ({', '.join(row)}) values ({places})", row)


@pytest.mark.services
def test_the_command_writes_the_reports_of_a_stored_release(make_deployment):
    settings, environment = make_deployment()
    store(release(), settings)
    command = [sys.executable, "-m", "infra", "report", "2026-10", "--service-point", "oulu"]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    folder = settings.output / "reports" / "2026-10.1"
    assert done.stderr == ""
    assert f"1/1 {folder / 'oulu' / 'report.fi.html'}" in done.stdout
    assert sorted(str(file.relative_to(folder)) for file in folder.rglob("*.*")) == [
        "equality.fi.html",
        "index.html",
        "oulu/report.fi.html",
        "oulu/report.fi.pdf",
    ]
    assert "80,9\u00a0%" in (folder / "oulu" / "report.fi.html").read_text(encoding="utf-8")
