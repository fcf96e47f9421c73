"""Calendar months of a deployment, and the moment at which what has been received is counted for one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from infra.errors import ActionNeeded

# A month is provisional on the 3rd and final on the 10th of the next month (queue-rules: Month).
Function = TypeVar("Function", bound=Callable[..., Any])

CLOSING_DAY = {"provisional": 3, "final": 10}


@dataclass(frozen=True, slots=True, order=True)
class Month:
    first_day: date

    @property
    def next(self) -> "Month":
        year, month = divmod(self.first_day.year * 12 + self.first_day.month, 12)
        return Month(date(year, month + 1, 1))

    @property
    def previous(self) -> "Month":
        year, month = divmod(self.first_day.year * 12 + self.first_day.month - 2, 12)
        return Month(date(year, month + 1, 1))

    @property
    def a_year_before(self) -> "Month":
        return Month(self.first_day.replace(year=self.first_day.year - 1))

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


def parse_month(text: str) -> Month:
    """A month written 2026-10; anything else raises ActionNeeded."""
    try:
        return Month(datetime.strptime(text, "%Y-%m").date())
    except ValueError as error:
        raise ActionNeeded(f"month is {text!r}: write it like 2026-10") from error


def cutoff_of(month: Month, status: str, time_zone: ZoneInfo) -> datetime:
    """The instant at which *month* closes as *status*: midnight, local time, of the closing day of the next month."""
    return datetime.combine(month.next.first_day.replace(day=CLOSING_DAY[status]), time(), time_zone)


def parse_cutoff(text: str | None, month: Month, status: str, time_zone: ZoneInfo) -> datetime:
    """An explicit cutoff with an offset, or else that of the month's *status*."""
    if text is None:
        return cutoff_of(month, status, time_zone)
    try:
        cutoff = datetime.fromisoformat(text)
    except ValueError as error:
        raise ActionNeeded(f"cutoff is {text!r}: write it like 2026-11-10T00:00:00+02:00") from error
    if cutoff.tzinfo is None:
        raise ActionNeeded(f"cutoff {text} has no offset: write it like {text}+02:00")
    return cutoff


def month_arguments(command: Function) -> Function:
    """The arguments that every command about a month takes: MONTH, --status, --cutoff."""
    command = click.option("--cutoff", help="count what was received before this instant (default: by --status)")(
        command
    )
    command = click.option(
        "--status",
        type=click.Choice(sorted(CLOSING_DAY)),
        default="final",
        show_default=True,
        help="which closing of the month",
    )(command)
    return click.argument("month")(command)
