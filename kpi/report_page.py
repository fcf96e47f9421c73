"""The whole report of a service point: a pure function of a release, the point and a language."""

from zoneinfo import ZoneInfo

from kpi.published import Release, ServicePointLabel
from kpi.report_chart import chart
from kpi.report_content import Fact, ReportContent, Section
from kpi.report_funnel import far_outside
from kpi.report_metrics import (
    agreed_section,
    headline_sentences,
    overview_table,
    point_name,
    supporting_section,
)
from kpi.report_missing import missing_names, missing_section, partly_measured
from kpi.report_numbers import Reading, is_of_few, is_shown, read_for
from kpi.texts import Texts

# From the best to the worst: the worst verdict of a month's gates is the one that is told.
VERDICTS = ("passed", "passed_with_warnings", "blocked")


def report_content(release: Release, point: ServicePointLabel, texts: Texts, time_zone: ZoneInfo) -> ReportContent:
    """The content of *point*'s report. A text that is missing raises ActionNeeded."""
    reading = read_for(release, point, texts)
    month = texts.month(release.month.first_day)
    name = point_name(reading)
    has_numbers = any(is_shown(row) for row in reading.release.of("service_point", point.service_point_id))
    return ReportContent(
        language=texts.locale.language,
        title=name,
        subtitle=texts("report.subtitle", month=month),
        skip_link=texts("report.skip_link"),
        contents_heading=texts("report.contents"),
        footer=texts("report.footer", point=name, month=month, release_id=release.release_id),
        notice="" if has_numbers else texts("report.no_data", month=texts.of_month(release.month.first_day)),
        facts=_facts(reading, time_zone),
        sections=_sections(reading, has_numbers, time_zone),
    )


def _facts(reading: Reading, time_zone: ZoneInfo) -> tuple[Fact, ...]:
    status, *others = release_facts(reading.release, reading.texts, time_zone)
    size_class = Fact(reading.texts("fact.size_class"), reading.size_class)
    region = Fact(reading.texts("fact.region"), reading.region)
    return (status, size_class, region, *others)


def release_facts(release: Release, texts: Texts, time_zone: ZoneInfo) -> tuple[Fact, ...]:
    """What a page rests on."""
    return (
        Fact(texts("fact.status"), texts(f"status.{release.status}")),
        Fact(texts("fact.cutoff"), texts("fact.received_by", moment=texts.moment(release.cutoff, time_zone))),
        Fact(texts("fact.quality"), texts(f"verdict.{worst_verdict(release)}")),
        Fact(texts("fact.release"), release.release_id),
    )


def worst_verdict(release: Release) -> str:
    """The worst of the month's gate verdicts."""
    return max(release.gate_verdicts.values(), key=VERDICTS.index)


def _sections(reading: Reading, has_numbers: bool, time_zone: ZoneInfo) -> tuple[Section, ...]:
    missing = missing_section(reading)
    details = (agreed_section(reading), supporting_section(reading))
    guide = (_guide_section(reading), _release_section(reading, time_zone))
    if not has_numbers:
        return (missing, *details, *guide)
    picture = chart(reading)
    drawn = (Section("kuvio", picture.heading, chart=picture),) if picture else ()
    return (_month_section(reading), *drawn, missing, *details, *guide)


def _month_section(reading: Reading) -> Section:
    """What the numbers support, and no more: a difference that chance explains is not called a change."""
    texts = reading.texts
    points = headline_sentences(reading)
    if uncertain := _uncertain_names(reading):
        points += (texts("month.uncertain", metrics="; ".join(uncertain)),)
    if outside := far_outside(reading):
        points += (texts("month.outside", metrics="; ".join(outside)),)
    points += tuple(
        texts("month.partly_measured", family=reading.code("collection_mode", family), share=texts.percent(share, 1))
        for family, share in partly_measured(reading).items()
    )
    if missing := missing_names(reading):
        points += (texts("month.missing", metrics=", ".join(missing)),)
    paragraphs = (texts("month.introduction"),)
    return Section(
        "lyhyesti", texts("month.heading"), paragraphs=paragraphs, points=points, tables=(overview_table(reading),)
    )


def _uncertain_names(reading: Reading) -> tuple[str, ...]:
    return tuple(
        reading.name_and_mode(metric, mode)
        for metric in reading.metrics("agreed")
        for mode, row in reading.own(metric).items()
        if is_of_few(row, metric)
    )


def _guide_section(reading: Reading) -> Section:
    texts = reading.texts
    topics = ("interval", "count", "difference", "modes", "comparison", "funnel", "coverage", "uncertain", "target")
    facts = tuple(Fact(texts(f"guide.{topic}.name"), texts(f"guide.{topic}.text")) for topic in topics)
    return Section("lukuohje", texts("guide.heading"), facts=facts)


def _release_section(reading: Reading, time_zone: ZoneInfo) -> Section:
    release, texts = reading.release, reading.texts
    gates = tuple(
        Fact(texts(f"gate.{stage}"), texts(f"verdict.{verdict}")) for stage, verdict in release.gate_verdicts.items()
    )
    facts = (
        Fact(texts("release.id"), release.release_id),
        Fact(texts("release.vintage"), texts.number(release.vintage, 0)),
        Fact(texts("release.cutoff"), texts("fact.received_by", moment=texts.moment(release.cutoff, time_zone))),
        Fact(texts("release.content_hash"), release.content_hash),
        Fact(texts("release.reference_digest"), release.reference_digest),
        *gates,
    )
    return Section("julkaisu", texts("release.heading"), paragraphs=(texts("release.introduction"),), facts=facts)
