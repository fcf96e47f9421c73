-- Each table twice: candidates of a month, replaced by each pulssi estimate, and what a release has frozen.

create table publish.change_estimate (
    month date not null,
    cutoff timestamptz not null,
    metric_id text not null,
    metric_version integer not null,
    level text not null,
    level_id text not null,
    collection_mode text not null,
    comparison text not null,
    period date not null,
    compared_period date not null,
    value numeric,
    compared_value numeric,
    difference numeric,
    lower_bound numeric,
    upper_bound numeric,
    p_value numeric,
    q_value numeric,
    smallest_detectable_change numeric,
    test text,
    verdict text not null,
    reason text,
    check (comparison in ('month', 'year')),
    check (verdict in ('better', 'worse', 'changed_up', 'changed_down', 'no_evidence', 'not_comparable')),
    check ((verdict = 'not_comparable') = (reason is not null)),
    check ((verdict = 'not_comparable') = (q_value is null)),
    primary key (month, metric_id, metric_version, level, level_id, collection_mode, comparison)
);
comment on table publish.change_estimate is
'Candidates for publish.change, replaced by each pulssi estimate.';

create table publish.change (
    release_id text not null references publish.release,
    metric_id text not null,
    metric_version integer not null,
    level text not null,
    level_id text not null,
    collection_mode text not null,
    comparison text not null,
    period date not null,
    compared_period date not null,
    value numeric,
    compared_value numeric,
    difference numeric,
    lower_bound numeric,
    upper_bound numeric,
    p_value numeric,
    q_value numeric,
    smallest_detectable_change numeric,
    test text,
    verdict text not null,
    reason text,
    check (comparison in ('month', 'year')),
    check (verdict in ('better', 'worse', 'changed_up', 'changed_down', 'no_evidence', 'not_comparable')),
    check ((verdict = 'not_comparable') = (reason is not null)),
    check ((verdict = 'not_comparable') = (q_value is null)),
    primary key (release_id, metric_id, metric_version, level, level_id, collection_mode, comparison)
);
comment on table publish.change is
'One row per number of the month and comparison (with the month before, with the same month a year ago): what changed, and whether there is evidence of it.';
comment on column publish.change.difference is
'value minus compared_value, in the unit of the metric; its bounds are those of a 95 % interval.';
comment on column publish.change.p_value is
'Of the test alone; q_value is corrected for all tests of the family (Benjamini and Hochberg).';
comment on column publish.change.smallest_detectable_change is
'The change that this test would have seen in four cases of five, at 5 % and before the correction.';
comment on column publish.change.verdict is
'better, worse, changed_up, changed_down (the metric has no direction), no_evidence (q above 0.05) or not_comparable, which has a reason.';
comment on column publish.change.test is
'Named in release_label (kind test).';
create trigger change_is_immutable before update or delete or truncate on publish.change
for each statement execute function publish.refuse_change();

create table publish.smoothed_estimate (
    month date not null,
    cutoff timestamptz not null,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    level text not null,
    level_id text not null,
    collection_mode text not null,
    method text not null,
    value numeric not null,
    lower_bound numeric,
    upper_bound numeric,
    observation_count bigint not null,
    own_value numeric,
    own_observation_count bigint,
    peer_group text,
    peer_value numeric,
    own_weight numeric,
    check (method in ('pooled_3_months', 'pooled_12_months', 'shrunk')),
    primary key (month, metric_id, metric_version, period, level, level_id, collection_mode, method)
);
comment on table publish.smoothed_estimate is
'Candidates for publish.smoothed, replaced by each pulssi estimate.';

create table publish.smoothed (
    release_id text not null references publish.release,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    level text not null,
    level_id text not null,
    collection_mode text not null,
    method text not null,
    value numeric not null,
    lower_bound numeric,
    upper_bound numeric,
    observation_count bigint not null,
    own_value numeric,
    own_observation_count bigint,
    peer_group text,
    peer_value numeric,
    own_weight numeric,
    check (method in ('pooled_3_months', 'pooled_12_months', 'shrunk')),
    primary key (release_id, metric_id, metric_version, period, level, level_id, collection_mode, method)
);
comment on table publish.smoothed is
'One row per number of a small point and method: pooled over months, or shrunk towards the points of its size class; own_value is the number itself.';
comment on column publish.smoothed.period is
'First day of the month of the release; a pooled number counts the months that end with it.';
comment on column publish.smoothed.own_weight is
'How much of a shrunk number is the point''s own, 0-1; the rest is peer_value.';
comment on column publish.smoothed.observation_count is
'n of the value: of all pooled months, or of the point itself where it is shrunk.';
create trigger smoothed_is_immutable before update or delete or truncate on publish.smoothed
for each statement execute function publish.refuse_change();

create table publish.funnel_estimate (
    month date not null,
    cutoff timestamptz not null,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    level_id text not null,
    collection_mode text not null,
    size_class text not null,
    value numeric not null,
    class_value numeric not null,
    lower_95 numeric not null,
    upper_95 numeric not null,
    lower_998 numeric not null,
    upper_998 numeric not null,
    position text not null,
    check (position in ('inside_95', 'above_95', 'below_95', 'above_998', 'below_998')),
    primary key (month, metric_id, metric_version, period, level_id, collection_mode)
);
comment on table publish.funnel_estimate is
'Candidates for publish.funnel, replaced by each pulssi estimate.';

create table publish.funnel (
    release_id text not null references publish.release,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    level_id text not null,
    collection_mode text not null,
    size_class text not null,
    value numeric not null,
    class_value numeric not null,
    lower_95 numeric not null,
    upper_95 numeric not null,
    lower_998 numeric not null,
    upper_998 numeric not null,
    position text not null,
    check (position in ('inside_95', 'above_95', 'below_95', 'above_998', 'below_998')),
    primary key (release_id, metric_id, metric_version, period, level_id, collection_mode)
);
comment on table publish.funnel is
'One row per number of a service point: within which limits it would lie if the point were like all points of its size class and only chance differed.';
comment on column publish.funnel.level_id is
'Service point.';
comment on column publish.funnel.class_value is
'The number of all points of the size class together.';
comment on column publish.funnel.position is
'inside_95, or above or below the limits that chance alone passes in 5 % and in 0.2 % of cases.';
create trigger funnel_is_immutable before update or delete or truncate on publish.funnel
for each statement execute function publish.refuse_change();

create table publish.equality_gap_estimate (
    month date not null,
    cutoff timestamptz not null,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    collection_mode text not null,
    dimension text not null,
    group_code text not null,
    value numeric,
    observation_count bigint,
    others_value numeric,
    others_observation_count bigint,
    difference numeric,
    lower_bound numeric,
    upper_bound numeric,
    p_value numeric,
    q_value numeric,
    test text,
    reason text,
    check (dimension in ('language', 'size_class', 'region')),
    check ((p_value is null) = (reason is not null)),
    primary key (month, metric_id, metric_version, period, collection_mode, dimension, group_code)
);
comment on table publish.equality_gap_estimate is
'Candidates for publish.equality_gap, replaced by each pulssi estimate.';

create table publish.equality_gap (
    release_id text not null references publish.release,
    metric_id text not null,
    metric_version integer not null,
    period date not null,
    collection_mode text not null,
    dimension text not null,
    group_code text not null,
    value numeric,
    observation_count bigint,
    others_value numeric,
    others_observation_count bigint,
    difference numeric,
    lower_bound numeric,
    upper_bound numeric,
    p_value numeric,
    q_value numeric,
    test text,
    reason text,
    check (dimension in ('language', 'size_class', 'region')),
    check ((p_value is null) = (reason is not null)),
    primary key (release_id, metric_id, metric_version, period, collection_mode, dimension, group_code)
);
comment on table publish.equality_gap is
'One row per metric, collection mode and group (language of response, size class, region): how the group differs from all others of the country.';
comment on column publish.equality_gap.others_value is
'The number of everybody outside the group.';
comment on column publish.equality_gap.difference is
'value minus others_value, in the unit of the metric; its bounds are those of a 95 % interval.';
comment on column publish.equality_gap.reason is
'Why the difference is not tested.';
create trigger equality_gap_is_immutable before update or delete or truncate on publish.equality_gap
for each statement execute function publish.refuse_change();
