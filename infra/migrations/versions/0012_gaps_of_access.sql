alter table publish.equality_gap_estimate
drop constraint equality_gap_estimate_dimension_check,
add check (dimension in ('language', 'access', 'size_class', 'region'));

alter table publish.equality_gap
drop constraint equality_gap_dimension_check,
add check (dimension in ('language', 'access', 'size_class', 'region'));
comment on table publish.equality_gap is
'One row per metric, collection mode and group (language of response, access, size class, region): how the group differs from all others of the country.';
