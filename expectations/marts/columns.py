"""Columns of facts and dimensions: nothing from which a figure about one member of staff could be derived."""

import great_expectations as gx

from expectations.checks import no_rows

BATCH = """
select table_name, column_name
from information_schema.columns
where table_schema = 'warehouse' and (table_name like 'fct%' or table_name like 'dim%')
"""

SUITE = gx.ExpectationSuite(
    "marts.columns",
    expectations=[
        no_rows(
            "select table_name, column_name from {batch} where column_name ~ '(desk|staff|adviser|employee|clerk)'",
            name="no_desk_in_facts",
            says="desks stop before the facts",
            action="remove the column from the model: no figure about one member of staff may be derivable",
        ),
    ],
)
