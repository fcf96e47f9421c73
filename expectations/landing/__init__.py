"""What must hold of landing, ledger and reference before dbt builds the marts."""
