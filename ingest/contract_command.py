"""Contracts by command: check their versions, release new ones, write them out for vendors."""

from pathlib import Path

import click

from infra.errors import ActionNeeded
from ingest.contracts import FOLDER
from ingest.released import Step, changed_files, release_files, steps, unreleased_files, versions

_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=FOLDER,
    help="another folder of contracts than the installed one",
)


@click.group(epilog="Example: pulssi contracts check")
def contracts() -> None:
    """The contracts of the events: check their versions, release new ones, write them out for vendors."""


@contracts.command(epilog="Example: pulssi contracts check")
@_FOLDER
def check(folder: Path) -> None:
    """Say what each version breaks against the one before it; refuse a breaking minor, and a changed released file."""
    _check(folder)
    new = unreleased_files(folder)
    click.echo(f"{len(versions(folder))} contracts, all compatible; {len(new)} not released yet")
    for name in new:
        click.echo(f"  {name}: may still change; release it with pulssi contracts release")


@contracts.command(epilog="Example: pulssi contracts release")
@_FOLDER
def release(folder: Path) -> None:
    """Release the new contract files: from then on they never change. Checks first."""
    _check(folder)
    names = release_files(folder)
    click.echo("\n".join(f"released {name}" for name in names) or "nothing new to release")


@contracts.command(epilog="Example: pulssi contracts export build/contracts")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@_FOLDER
def export(directory: Path, folder: Path) -> None:
    """Write into DIRECTORY what vendors need: a JSON Schema per event, asyncapi.json and a table, events.md."""
    from ingest.contract_documents import documents

    files = documents(folder)
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    click.echo(f"wrote {len(files)} files into {directory}")


def _check(folder: Path) -> None:
    """Tell every step that breaks something; ActionNeeded when one may not, or when a released file is another."""
    taken = steps(folder)
    for step in taken:
        if step.breaks or step.after.major > step.before.major:
            click.echo("\n".join(_told(step)))
    wrong = changed_files(folder)
    for sentence in wrong:
        click.echo(sentence)
    refused = [step.after.name for step in taken if not step.is_allowed]
    if refused:
        raise ActionNeeded(
            f"{', '.join(refused)} breaks what the version before allows: a minor version only adds optional fields; "
            "leave those rules as they were, or make it a new major version"
        )
    if wrong:
        raise ActionNeeded(f"{len(wrong)} released files are not as they were released: see above")


def _told(step: Step) -> list[str]:
    if not step.breaks:
        return [f"{step.after.name} breaks nothing of {step.before.name}: a minor version would do"]
    return [f"{step.after.name} breaks against {step.before.name}:", *(f"  {sentence}" for sentence in step.breaks)]
