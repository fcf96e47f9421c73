"""What a monthly report says, before it is laid out: texts in their final form, in reading order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell; *detail* is a second line, *note* a warning that must be seen with the text."""

    text: str
    note: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    heading: str
    cells: tuple[Cell, ...]
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows that belong together; an empty *heading* is not shown."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """*columns* are the headings of the row heading and of each cell; *numeric* says which cells are figures."""

    caption: str
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    widths: tuple[int, ...]
    groups: tuple[RowGroup, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """*svg* is the picture, *description* what it shows in words, *table* its numbers."""

    heading: str
    caption: str
    description: str
    svg: str
    table: Table


@dataclass(frozen=True, slots=True)
class MetricPart:
    """One metric: what it is, its numbers, and what to mind when reading them."""

    anchor: str
    name: str
    explanation: str
    table: Table | None
    absence: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Section:
    anchor: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    chart: Chart | None = None
    groups: tuple["MetricGroup", ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """The metrics of one goal."""

    heading: str
    metrics: tuple[MetricPart, ...]


@dataclass(frozen=True, slots=True)
class ReportContent:
    language: str
    title: str
    subtitle: str
    skip_link: str
    contents_heading: str
    footer: str
    notice: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
