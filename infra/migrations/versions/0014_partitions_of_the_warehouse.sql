create schema warehouse_months;
comment on schema warehouse_months is 'The months of the tables of warehouse, a partition each. Written by dbt; read the tables.';
