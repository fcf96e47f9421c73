"""A report as text for a terminal and as an HTML page."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.conformance.findings import Group, shown
from ingest.conformance.report import FamilyReport, Report, verdict

Style = Callable[[str, str], str]


def as_text(report: Report, style: Style = lambda text, _: text) -> str:
    """*style* colours a text by "pass", "fail", "advice" or "quiet"."""
    return "\n".join([*_head(report, style), *_findings(report, style), *_cases(report, style), *_end(report, style)])


def as_html(report: Report) -> str:
    """A page that needs no other file and no script."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = lambda count, word: _counted(count, word)
    return environment.get_template("report.html").render(report=report, shown=shown, places=_places)


def _head(report: Report, style: Style) -> Iterator[str]:
    title = _verdict(report.passes, style)
    yield f"{title}  {_counted(report.event_count, 'event')} judged, local time {report.time_zone}"
    yield ""
    width = max([len(family.family) for family in report.families], default=0)
    for family in report.families:
        yield f"  {_verdict(family.passes, style)}  {family.family:<{width}}  {_summary(family)}"


def _summary(family: FamilyReport) -> str:
    parts = [_counted(family.event_count, "event")]
    if family.fault_count:
        parts.append(_counted(family.fault_count, "fault"))
    if family.advice_count:
        parts.append(_counted(family.advice_count, "piece of advice", "pieces of advice"))
    if family.missing:
        parts.append(f"{_counted(len(family.missing), 'case')} still to show")
    return ", ".join(parts)


def _findings(report: Report, style: Style) -> Iterator[str]:
    for title, is_fault in (("Faults: mend these", True), ("Advice: look whether this is meant", False)):
        groups = [group for group in report.groups if group.finding.is_fault == is_fault]
        if groups:
            yield from ("", title)
        for number, group in enumerate(groups, start=1):
            yield from _finding(number, group, style)


def _finding(number: int, group: Group, style: Style) -> Iterator[str]:
    finding = group.finding
    mark = style(f"{number:>3}.", "fail" if finding.is_fault else "advice")
    yield ""
    yield f"{mark} {finding.text}"
    yield style(f"     {finding.sent.told_type}, {_places(group)}", "quiet")
    if finding.value is not None:
        yield f"     sent  {shown(finding.value)!r}"
    yield f"     fix   {finding.fix}"


def _cases(report: Report, style: Style) -> Iterator[str]:
    families = [family for family in report.families if family.missing or family.shown]
    if families:
        yield from ("", "Cases to show before going live")
    for family in families:
        yield from ("", f"  {family.family}")
        for case in family.shown:
            yield f"    {style('[x]', 'pass')} {case.text}"
        for case in family.missing:
            yield f"    {style('[ ]', 'fail')} {case.text}"


def _end(report: Report, style: Style) -> Iterator[str]:
    yield ""
    if not report.families:
        yield "There is no event in it: record what the device sends, one event a line."
    elif report.passes:
        yield style("Everything that can be seen in a recording is right. Nothing was sent.", "quiet")
    else:
        yield style("Mend the faults, record the missing cases too, and judge all again. Nothing was sent.", "quiet")


def _verdict(passes: bool, style: Style) -> str:
    return style(verdict(passes).upper(), verdict(passes))


def _places(group: Group) -> str:
    numbers = ", ".join(str(number) for number in group.numbers)
    if group.count == 1:
        return f"event {numbers}"
    return f"{group.count} times: events {numbers}{', …' if group.count > len(group.numbers) else ''}"


def _counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
