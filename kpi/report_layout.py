"""Lay out a report's content as one HTML file and as a tagged PDF."""

import base64
import json
import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kpi.report_content import ReportContent
from kpi.texts import Texts

if TYPE_CHECKING:
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
# The wheel of typst brings this font; the PDF uses no font of the system.
PDF_FONT = "Libertinus Serif"
RANGE = re.compile(r"\d–\d")


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
    environment.filters |= {"data_url": _data_url, "whole_ranges": _whole_ranges}
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


def _whole_ranges(text: str) -> "Markup":
    """*text* for a page, where a line does not end between the bounds of an interval."""
    from markupsafe import Markup, escape

    words = (
        Markup('<span class="whole">{}</span>').format(word) if RANGE.search(word) else escape(word)
        for word in text.split(" ")
    )
    return Markup(" ").join(words)


def _with_pdf_font(svg: str) -> str:
    from kpi.charts import FONTS

    assert FONTS in svg, "the chart does not name its fonts"
    return svg.replace(FONTS, PDF_FONT)
