"""Lay out a report's content as one HTML file and as a tagged PDF."""

import base64
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from kpi.report_content import ReportContent
from kpi.texts import Texts

TEMPLATES = Path(__file__).parent / "templates"
# The wheel of typst brings this font; the PDF uses no font of the system.
PDF_FONT = "Libertinus Serif"


def html(template: str, texts: Texts, **values: object) -> str:
    """A page in the language of *texts*."""
    return page(template, texts=texts, **values)


def page(template: str, **values: object) -> str:
    """A page that needs no other file; everything that is put into *template* is escaped."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data_url"] = _data_url
    return environment.get_template(template).render(**values)


def pdf(content: ReportContent, texts: Texts, dated: datetime) -> bytes:
    """PDF/UA-1. *dated* goes into its metadata, so that the same release gives the same bytes."""
    import typst

    data = asdict(content)
    for section in data["sections"]:
        if section["chart"]:
            section["chart"]["svg"] = _with_pdf_font(section["chart"]["svg"])
    labels = {"contents": content.contents_heading, "page": texts("report.page")}
    pages = typst.compile(
        TEMPLATES / "report.typ",
        root=TEMPLATES,
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(data, ensure_ascii=False), "labels": json.dumps(labels)},
        pdf_standards=["ua-1"],
        timestamp=dated,
    )
    assert isinstance(pages, bytes), "typst gives one PDF as bytes"
    return pages


def _data_url(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _with_pdf_font(svg: str) -> str:
    from kpi.charts import FONTS

    assert FONTS in svg, "the chart does not name its fonts"
    return svg.replace(FONTS, PDF_FONT)
