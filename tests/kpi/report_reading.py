"""A report as it is read: as a page, as a document, and parts of them."""

import html as markup
import io
import re
from zoneinfo import ZoneInfo

import pypdf
from report_builders import release

from kpi.report_layout import html, pdf
from kpi.report_page import report_content

HELSINKI = ZoneInfo("Europe/Helsinki")
NBSP = "\u00a0"


def page(point_id, texts, made=None):
    made = made or release()
    return html("report.html.j2", texts, report=report_content(made, made.service_points[point_id], texts, HELSINKI))


def document(point_id, texts, made=None):
    made = made or release()
    return pdf(report_content(made, made.service_points[point_id], texts, HELSINKI), texts, made.cutoff)


def words(page_of_html):
    """What is read on the page: no tags, no style, runs of white space as one space."""
    body = page_of_html.partition("<body>")[2]
    return re.sub(r"[ \n]+", " ", markup.unescape(re.sub(r"<[^>]+>", " ", body)))


def words_of_pdf(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"[ \n\u00a0]+", " ", " ".join(page.extract_text() for page in pages))


def row_of(page_of_html, heading):
    """The text of the first table row that begins with *heading*."""
    rows = re.findall(r"<tr.*?</tr>", page_of_html, flags=re.DOTALL)
    return next(text for text in (words("<body>" + row).strip() for row in rows) if text.startswith(heading))


def section_of(page_of_html, anchor):
    return words("<body>" + page_of_html.partition(f'<h2 id="{anchor}">')[2].partition("</section>")[0])


def metric_of(page_of_html, metric_id):
    """The part of the page about one metric."""
    anchor = metric_id.replace("_", "-")
    return re.split(r"<h[234]", page_of_html.partition(f'id="{anchor}">')[2])[0]
