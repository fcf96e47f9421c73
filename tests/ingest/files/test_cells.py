"""Times, days and numbers as people and programs write them: what is written comes out, or a reason does."""

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from ingest.files.cells import Moment, Unreadable, day, in_zone, moment, number, text_of, whole_number

HELSINKI = ZoneInfo("Europe/Helsinki")
MOMENTS = some.datetimes(datetime(1901, 1, 1), datetime(2199, 12, 31))
CELLS = some.one_of(
    some.text(max_size=30),
    some.text("0123456789.:,- klo+TZ", max_size=25),
    some.integers(),
    some.floats(),
    some.booleans(),
    some.none(),
    some.datetimes(),
    some.dates(),
    some.times(),
)


@pytest.mark.parametrize(
    "written",
    [
        "5.10.2026 klo 9.15",
        "05.10.2026 klo 09.15",
        "5.10.2026 9:15",
        "5.10.2026, klo 9.15.00",
        "ma 5.10.2026 kl. 9.15",
        "5. 10. 2026 kello 9.15",
        " 5.10.2026 klo 9:15:00 ",
    ],
)
def test_finnish_times_are_read_as_they_are_written(written):
    assert moment([written], ["finnish"]) == Moment(datetime(2026, 10, 5, 9, 15), True)


@pytest.mark.parametrize(
    "written",
    [
        "5.10.26",
        "31.2.2026",
        "klo 9.15",
        "5.10.2026 klo 25.00",
        "5.10.2026 klo 9",
        "5/10/2026",
        "",
        "5.10.2026klo9.15x",
    ],
)
def test_what_is_no_finnish_time_is_refused_and_not_guessed(written):
    with pytest.raises(Unreadable, match=r"not a time like 5\.10\.2026 \(klo 9\.15\)"):
        moment([written], ["finnish"])


@given(MOMENTS, some.sampled_from(["{0.day}.{0.month}.{0.year} klo {0.hour}.{0:%M}.{0:%S}", "{0:%d.%m.%Y %H:%M:%S}"]))
def test_a_finnish_time_comes_back(at, form):
    at = at.replace(microsecond=0)

    assert moment([form.format(at)], ["finnish"]).at == at


@given(MOMENTS, some.sampled_from([".", ","]))
@example(datetime(2026, 10, 5, 0, 0, 1), ",")  # a fraction that Python writes with an exponent
@example(datetime(2026, 10, 5, 23, 59, 59), ".")
def test_days_and_fractions_of_a_day_of_excel_come_back_to_the_second(at, decimal):
    at = at.replace(microsecond=0)
    serial = (at - datetime(1899, 12, 30)) / timedelta(days=1)
    fraction = (at - datetime.combine(at, time())) / timedelta(days=1)

    assert moment([serial], ["excel"]).at == at
    assert moment([f"{serial:.9f}".replace(".", decimal)], ["excel"]).at == at
    assert moment([at.date(), fraction], ["excel"]) == Moment(at, True)
    assert moment([f"{at.day}.{at.month}.{at.year}", at.time()], ["finnish"]).at == at


def test_a_day_and_a_time_of_day_in_cells_of_their_own_are_one_time():
    at = Moment(datetime(2026, 10, 5, 9, 15), True)

    assert moment(["5.10.2026", "klo 9.15"], ["finnish"]) == at
    assert moment([datetime(2026, 10, 5), datetime(1899, 12, 30, 9, 15)], ["iso"]) == at
    assert moment([datetime(2026, 10, 5), time(9, 15)], ["%d.%m.%Y %H:%M"]) == at
    assert moment(["2026-10-05", "09:15"], ["iso"]) == at
    assert moment(["5.10.2026", "9-15"], ["finnish", "%d.%m.%Y %H-%M"]) == at


def test_a_day_alone_has_no_time_of_day():
    assert moment(["5.10.2026"], ["finnish"]) == (datetime(2026, 10, 5), False)
    assert moment([datetime(2026, 10, 5)], ["iso"]) == (datetime(2026, 10, 5), False)
    assert moment([46300], ["excel"]) == (datetime(2026, 10, 5), False)


@given(some.integers(-(10**15), 10**15), some.integers(0, 999), some.sampled_from(["", " ", "\u00a0", "\u202f"]))
def test_numbers_come_back_with_either_decimal_sign_and_any_blank(whole, thousandths, blank):
    grouped = f"{whole:,}".replace(",", blank)

    assert number(f"{grouped},{thousandths:03}", ",") == float(f"{whole}.{thousandths:03}")
    assert number(f"{grouped}.{thousandths:03}", ".") == float(f"{whole}.{thousandths:03}")
    assert whole_number(str(whole)) == whole_number(float(whole)) == whole


@pytest.mark.parametrize("written", ["NaN", "inf", "1e5", "1,5,5", "--1", "½", "٣", "", "1.5"])
def test_what_only_looks_like_a_number_is_refused(written):
    with pytest.raises(Unreadable):
        number(written, ",")
    with pytest.raises(Unreadable):
        whole_number(written)


@given(CELLS, CELLS, some.sampled_from(["finnish", "iso", "excel", "%d.%m.%Y", "%Y-%m-%d %H:%M"]))
def test_no_cell_breaks_a_reader(first, second, form):
    for read in (
        lambda: in_zone(moment([first, second], [form]), HELSINKI),
        lambda: in_zone(moment([first], [form]), HELSINKI),
        lambda: day(first, [form]),
        lambda: number(first, ","),
        lambda: whole_number(first),
    ):
        with contextlib.suppress(Unreadable):
            assert isinstance(read(), datetime | date | float | int)
    assert isinstance(text_of(first), str)


@given(some.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31), timezones=some.just(UTC)))
@example(datetime(2020, 10, 25, 1, 0, tzinfo=UTC))
def test_every_instant_comes_back_from_the_local_time_but_for_the_hour_that_comes_twice(instant):
    local = instant.astimezone(HELSINKI)

    told = in_zone(Moment(local.replace(tzinfo=None), True), HELSINKI)

    assert instant - told.astimezone(UTC) in (timedelta(), timedelta(hours=1))
    assert (local.fold == 0) == (told.astimezone(UTC) == instant)


def test_an_hour_that_the_clocks_skipped_is_refused():
    with pytest.raises(Unreadable, match="an hour that the clocks skipped in Europe/Helsinki"):
        in_zone(Moment(datetime(2026, 3, 29, 3, 30), True), HELSINKI)
