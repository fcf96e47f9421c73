"""The Kaplan-Meier quantile in SQL beside a plain one in exact fractions."""

from fractions import Fraction

import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra import database
from infra.settings import ROOT

pytestmark = pytest.mark.services

WAITS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def quantile_in_sql(make_deployment):
    """A function from waits (seconds, called) to (seconds, is_reached), by the macro that the models use."""
    macros = jinja2.Environment().from_string((ROOT / "dbt" / "macros" / "statistics.sql").read_text()).module
    query = macros.km_quantiles("waits", ["cell"])
    with database.connect(make_deployment()[0]) as connection:
        connection.execute(
            "create temp table waits"
            " (cell text, quantile float8, duration_seconds int, numerator numeric, denominator numeric)"
        )

        def compute(waits, quantile):
            connection.execute("truncate waits")
            for seconds in {seconds for seconds, _called in waits}:
                fates = [called for second, called in waits if second == seconds]
                row = ("a", float(quantile), seconds, sum(fates), len(fates))
                connection.execute("insert into waits values (%s, %s, %s, %s, %s)", row)
            return connection.execute(f"select seconds, is_reached from ({query}) as quantiles").fetchone()

        yield compute


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(waits=WAITS, quantile=st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(1, 4)]))
def test_the_quantile_is_that_of_the_product_limit_curve(quantile_in_sql, waits, quantile):
    assert quantile_in_sql(waits, quantile) == quantile_by_hand(waits, quantile)


def quantile_by_hand(waits, quantile):
    """The product-limit estimate in fractions, with survfit's midpoint where the curve lies on the quantile.

    R's survival:::findq goes on to the last time, censored or not, where the curve ends on the quantile.
    """
    survival, on_quantile_since = Fraction(1), None
    for seconds in sorted({seconds for seconds, called in waits if called}):
        at_risk = sum(second >= seconds for second, _called in waits)
        called_now = sum(called for second, called in waits if second == seconds)
        survival *= 1 - Fraction(called_now, at_risk)
        if on_quantile_since is not None:
            return Fraction(on_quantile_since + seconds, 2), True
        if survival < 1 - quantile:
            return seconds, True
        if survival == 1 - quantile:
            on_quantile_since = seconds
    longest = max(seconds for seconds, _called in waits)
    if on_quantile_since is not None:
        return Fraction(on_quantile_since + longest, 2), True
    return longest, False
