"""Corrections: those that had no effect are seen, with what to do about each."""

import great_expectations as gx

from expectations.checks import WARNING, no_rows

BATCH = """
select * from warehouse.fct_corrections
where
    received_date >= current_setting('pulssi.month')::date
    and received_date <= current_setting('pulssi.cutoff_date')::date
"""

# State of a correction: what should hold, and what a person does.
REFUSALS = {
    "waits": (
        "each correction means an event that has come",
        "ask the owner of the source for the event, or for the right ref_source and ref_id; it may be held, or a dead"
        " letter: it takes effect with the event",
    ),
    "not_permitted": (
        "each correction is of an event of its own source, or of its own agency",
        "ask the owner of the source why it corrects the events of another one: that one has to send the correction",
    ),
    "not_correctable": (
        "corrections are corrected by withdrawing them, once",
        "ask the source to send the correction again under a new id, rather than to amend or restore the old one",
    ),
    "unknown_field": (
        "each correction replaces fields that its event has",
        "ask the source to send the correction again without the fields named; nothing of it was applied",
    ),
    "time_in_future": (
        "no correction moves an event to a time after its receipt",
        "ask the source to send the correction again with the right time; nothing of it was applied",
    ),
}

SUITE = gx.ExpectationSuite(
    "marts.corrections",
    expectations=[
        no_rows(
            f"""
            select source, ref_source, correction, event_type, fields_not_correctable, sum(correction_count) as total
            from {{batch}}
            where state = '{state}'
            group by 1, 2, 3, 4, 5
            """,
            name=f"no_correction_{state}" if state == "waits" else f"no_correction_is_{state}",
            says=says,
            action=action,
            severity=WARNING,
        )
        for state, (says, action) in REFUSALS.items()
    ],
)
