"""The metric catalogue for people: a page of all metrics and a definition sheet of each, in three languages."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import yaml

from infra.errors import ActionNeeded
from infra.settings import Settings, read_settings
from kpi.metric_catalogue import LANGUAGES, Metric, metrics_of, read_manifest
from kpi.release_labels import CODELISTS
from kpi.report_layout import page

LABELS = Path(__file__).parent / "definition_labels.yml"
COLUMNS = ("metric", "unit", "direction", "version", "source_family", "lowest_level", "caveats")
Labels = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The definition sheet of one metric in one language; *examples* are its tested worked examples, in English."""

    metric_id: str
    language: str
    languages: tuple[tuple[str, str], ...]
    name: str
    explanation: str
    skip: str
    back: str
    facts: tuple[Fact, ...]
    example_heading: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    metric_id: str
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    heading: str
    caption: str
    rows: tuple[Row, ...]


@click.command(epilog="Example: pulssi catalogue --warehouse")
@click.option("--warehouse", is_flag=True, help="also dbt's page of every table and column; needs the built warehouse")
def catalogue(warehouse: bool) -> None:
    """Write the metric catalogue: all metrics on a page, and a definition sheet of each, in fi, sv and en."""
    settings = read_settings()
    manifest = read_manifest(settings)
    metrics = sorted(metrics_of(manifest).values(), key=lambda metric: (metric.standing, metric.goal, metric.order))
    examples, targets, labels = _examples(manifest), _target_statuses(settings), read_labels()
    folder = settings.output / "catalogue"
    for language in LANGUAGES:
        place = folder / language
        place.mkdir(parents=True, exist_ok=True)
        for metric in metrics:
            sheet = sheet_of(metric, language, labels, examples.get(metric.metric_id, ()), targets)
            _write(place / f"{metric.metric_id}.html", page("definition_sheet.html.j2", sheet=sheet))
        _write(place / "index.html", page("catalogue.html.j2", **listed(metrics, language, labels)))
    click.echo(f"{len(metrics)} metrics in {', '.join(LANGUAGES)}: {folder / LANGUAGES[0] / 'index.html'}")
    if warehouse:
        click.echo(f"every table and column: {_warehouse_page(settings, folder / 'warehouse.html')}")


def read_labels() -> Labels:
    """The names of codes by list, code and language: those of the sheets and those that releases freeze."""
    own = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    codes = yaml.safe_load(CODELISTS.read_text(encoding="utf-8"))
    names = {kind: {code: texts["names"] for code, texts in listed.items()} for kind, listed in codes.items()}
    return {**names, **own}


def sheet_of(
    metric: Metric, language: str, labels: Labels, examples: Iterable[str], targets: Mapping[str, Iterable[str]]
) -> Sheet:
    """Everything that is said about *metric*; ActionNeeded names a code that has no label."""
    own = labels["sheet"]
    return Sheet(
        metric_id=metric.metric_id,
        language=language,
        languages=_languages(own),
        name=metric.names.in_language(language),
        explanation=metric.explanations.in_language(language),
        skip=own["skip"][language],
        back=own["back"][language],
        facts=tuple(Fact(own[name][language], text) for name, text in _facts(metric, language, labels, targets)),
        example_heading=own["example"][language],
        examples=tuple(examples),
    )


def _facts(
    metric: Metric, language: str, labels: Labels, targets: Mapping[str, Iterable[str]]
) -> Iterator[tuple[str, str]]:
    def named(kind: str, codes: Iterable[str]) -> str:
        found = [_label(labels, kind, code, language) for code in codes]
        return ", ".join(found) or labels["sheet"]["none"][language]

    in_force = str(metric.valid_from) if metric.valid_from else labels["sheet"]["from_the_start"][language]
    yield "id", metric.metric_id
    yield "version", str(metric.version)
    yield "in_force", in_force
    yield "standing", named("standing", [metric.standing])
    yield "source", metric.source if metric.standing == "agreed" else labels["sheet"]["none"][language]
    yield "goal", named("goal", [metric.goal])
    yield "unit", named("unit", [metric.unit])
    yield "direction", named("direction", [metric.direction])
    yield "statistic", named("statistic", [metric.statistic])
    yield "numerator", metric.numerator.in_language(language)
    yield "denominator", metric.denominator.in_language(language)
    yield "source_family", named("source_family", [metric.source_family])
    yield "collection_modes", named("collection_mode", metric.collection_modes)
    yield "lowest_level", named("level", [metric.lowest_level])
    yield "periods", labels["sheet"]["period_names"][language]
    of_all = (breakdown for breakdown in ("agency", "weekday") if breakdown not in metric.not_by)
    yield "breakdowns", named("breakdown", (*of_all, *metric.breakdowns))
    yield "interval", named("interval", [metric.interval])
    yield "minimum", str(metric.minimum_observation_count)
    yield "target", named("target_status", targets.get(metric.metric_id, ("not_set",)))
    yield "owner", named("owner", [metric.owner])
    yield "caveats", metric.caveats.in_language(language)


def _label(labels: Labels, kind: str, code: str, language: str) -> str:
    name = labels.get(kind, {}).get(code, {}).get(language)
    if not name:
        raise ActionNeeded(f"{kind} {code!r} has no name in {language!r}: add it to kpi/{LABELS.name}")
    return name


def listed(metrics: Iterable[Metric], language: str, labels: Labels) -> dict[str, Any]:
    """What the page of all metrics shows, by standing and goal."""
    own = labels["sheet"]
    groups = [
        Group(
            heading=f"{labels['goal'][goal][language]} ({labels['standing'][standing][language]})",
            caption=labels["goal"][goal][language],
            rows=tuple(_row(metric, language, labels) for metric in of_goal),
        )
        for (standing, goal), of_goal in groupby(metrics, key=lambda metric: (metric.standing, metric.goal))
    ]
    return {
        "language": language,
        "languages": _languages(own),
        "title": own["title"][language],
        "skip": own["skip"][language],
        "introduction": own["introduction"][language],
        "columns": [own[column][language] for column in COLUMNS],
        "groups": groups,
    }


def _row(metric: Metric, language: str, labels: Labels) -> Row:
    facts = dict(_facts(metric, language, labels, {}))
    return Row(metric.metric_id, metric.names.in_language(language), tuple(facts[column] for column in COLUMNS[1:]))


def _languages(own: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((language, own["language"][language]) for language in LANGUAGES)


def _examples(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """The descriptions of the worked examples, by the model that they are of."""
    found: dict[str, list[str]] = {}
    for example in manifest["unit_tests"].values():
        found.setdefault(example["model"], []).append(" ".join(example["description"].split()))
    return found


def _target_statuses(settings: Settings) -> dict[str, list[str]]:
    """The statuses that the deployment's targets have, by metric."""
    path = settings.deployment.folder / "targets.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["metric_id"], row["status"]) for row in csv.DictReader(file)]
    return {metric_id: sorted({status for of, status in rows if of == metric_id}) for metric_id, _ in rows}


def _warehouse_page(settings: Settings, file: Path) -> Path:
    """dbt's documentation as one page."""
    from kpi.build import document_project

    file.write_bytes(document_project(settings).read_bytes())
    return file


def _write(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
