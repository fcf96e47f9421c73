"""Which months a build makes anew, and until when what was received counts in each month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from infra.months import Month, cutoff_of


@dataclass(frozen=True, slots=True)
class BuiltMonth:
    """*is_open* says that *cutoff* is not the month's own: everything that had arrived when the build began counts."""

    month: Month
    cutoff: datetime
    reason: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """*built* in the order of months; *instants* as dbt's variable received_before wants them."""

    built: tuple[BuiltMonth, ...]
    instants: tuple[dict[str, str], ...]

    def variables(self, time_zone: ZoneInfo) -> dict[str, Any]:
        return {
            "built_months": [each.month.first_day.isoformat() for each in self.built],
            "received_before": list(self.instants),
            "time_zone": time_zone.key,
        }


def of_one_month(month: Month, cutoff: datetime, time_zone: ZoneInfo) -> Window:
    """*month* as of *cutoff* and the month before as it was final, which the comparison needs."""
    before = BuiltMonth(month.previous, cutoff_of(month.previous, "final", time_zone), f"the month before {month}")
    asked = BuiltMonth(month, cutoff, "asked for")
    return Window((before, asked), (_instant(month.first_day, month.next.first_day, cutoff),))


def of_all_that_arrived(
    reasons: Mapping[Month, str], arrived_before: datetime, released: Mapping[Month, datetime], time_zone: ZoneInfo
) -> Window:
    """*released* has the cutoffs of the months with a final release: those count no more than it did."""
    built = tuple(
        BuiltMonth(month, released.get(month, arrived_before), reasons[month], month not in released)
        for month in sorted(reasons)
    )
    return Window(built, tuple(_instants(arrived_before, released, time_zone)))


def _instants(
    arrived_before: datetime, released: Mapping[Month, datetime], time_zone: ZoneInfo
) -> Iterable[dict[str, str]]:
    """The stretches between the released months, and those of these that have another cutoff than the final one."""
    first = date.min
    for month in sorted(released):
        if first < month.first_day:
            yield _instant(first, month.first_day, arrived_before)
        if released[month] != cutoff_of(month, "final", time_zone):
            yield _instant(month.first_day, month.next.first_day, released[month])
        first = month.next.first_day
    yield _instant(first, date.max, arrived_before)


def _instant(first: date, next_first: date, instant: datetime) -> dict[str, str]:
    return {"first_day": first.isoformat(), "next_first_day": next_first.isoformat(), "instant": instant.isoformat()}


def month_names(months: Sequence[BuiltMonth]) -> str:
    return ", ".join(str(each.month) for each in months)
