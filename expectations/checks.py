"""How a check is written: a Great Expectations expectation with a name, a sentence and what to do when it fails."""

from typing import Any

from great_expectations.expectations import Expectation, UnexpectedRowsExpectation
from great_expectations.expectations.metadata_types import FailureSeverity

BLOCKING = FailureSeverity.CRITICAL
WARNING = FailureSeverity.WARNING
NOTE = FailureSeverity.INFO  # is told, and changes no verdict


def no_rows(query: str, **said: Any) -> Expectation:
    """Expect that *query*, which reads from {batch}, finds nothing. What it finds is shown and stored: no payloads."""
    return check(UnexpectedRowsExpectation, unexpected_rows_query=query, **said)


def check(
    expectation: type[Expectation],
    *,
    name: str,
    says: str,
    action: str,
    severity: FailureSeverity = BLOCKING,
    **arguments: Any,
) -> Expectation:
    """An expectation that *says* what holds, under a *name*, and what *action* a person takes when it does not."""
    return expectation(description=says, severity=severity, meta={"name": name, "action": action}, **arguments)
