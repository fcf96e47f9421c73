"""What reports say in a language: texts from gettext catalogues, numbers and dates as the language writes them."""

import gettext
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent, get_decimal_symbol

from infra.errors import ActionNeeded

CATALOGUES = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts and formats of one language. Called with a message id it gives the text, filled with *values*."""

    locale: Locale
    translations: gettext.GNUTranslations

    def __call__(self, message_id: str, **values: object) -> str:
        return self.translations.gettext(message_id).format(**values)

    def named(self, names: Mapping[str, str], what: str) -> str:
        """This language's one of *names*, which a release holds by language; ActionNeeded names what lacks it."""
        name = names.get(self.locale.language)
        if not name:
            raise ActionNeeded(f"{what} has no text in {self.locale.language!r}: add it where the release gets it from")
        return name

    def number(self, value: float, decimals: int) -> str:
        """A number as the language groups and points it: 1 234,5."""
        return format_decimal(value, _with_decimals(self.locale.decimal_formats[None].pattern, decimals), self.locale)

    def percent(self, share: float, decimals: int) -> str:
        """A share of one in per cent: 81,0 %."""
        return format_percent(share, _with_decimals(self.locale.percent_formats[None].pattern, decimals), self.locale)

    @property
    def decimal_symbol(self) -> str:
        return get_decimal_symbol(self.locale)

    def month(self, first_day: date) -> str:
        return format_date(first_day, "LLLL y", locale=self.locale)

    def during(self, first_day: date) -> str:
        """When something was: lokakuussa 2026."""
        return self("month.during", month=format_date(first_day, "LLLL", locale=self.locale), year=first_day.year)

    def of_month(self, first_day: date) -> str:
        """Which month something is about: lokakuulta 2026."""
        return self("month.from", month=format_date(first_day, "LLLL", locale=self.locale), year=first_day.year)

    def moment(self, instant: datetime, zone: ZoneInfo) -> str:
        """A date and a time of day in *zone*."""
        local = instant.astimezone(zone)
        time = format_time(local, "short", tzinfo=zone, locale=self.locale)
        return self("moment", date=format_date(local, "medium", locale=self.locale), time=time)


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/pulssi.po"))


def read_texts(language: str) -> Texts:
    """The texts of *language*; a text that is asked for and not translated raises ActionNeeded with its id."""
    if language not in languages():
        raise ActionNeeded(f"language is {language!r}: give one of {', '.join(languages())}")
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(language))
    translations = gettext.GNUTranslations(io.BytesIO(compiled.getvalue()))
    translations.add_fallback(_Missing(language))
    return Texts(Locale.parse(language), translations)


def read_catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "pulssi.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


class _Missing(gettext.NullTranslations):
    """Refuses what the catalogue lacks, where gettext would print the id."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def gettext(self, message: str) -> str:
        raise ActionNeeded(
            f"no text for {message!r} in {self.language!r}: add it to kpi/locale/{self.language}/LC_MESSAGES/pulssi.po"
        )


def _with_decimals(pattern: str, decimals: int) -> str:
    """A number pattern of the language with exactly so many decimals."""
    return re.sub(r"0(\.#+)?", "0." + "0" * decimals if decimals else "0", pattern, count=1)
