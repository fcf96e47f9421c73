{% macro metric_ids() %}
    {# The one list that a new metric is added to. #}
    {{ return([
        'abandonment_rate',
        'advanced_rate',
        'announced_wait_mean',
        'answers_per_100_visits',
        'booked_on_time_share',
        'booked_share',
        'booked_wait_median',
        'bookings_came',
        'bookings_due',
        'bookings_served',
        'called_absent_rate',
        'complaint_count',
        'completeness',
        'connection_delay_median',
        'customer_initiated_contacts',
        'customer_safety_information_mean',
        'customer_safety_physical_mean',
        'desk_minutes',
        'empathetic_mean',
        'equal_mean',
        'equality_ability_mean',
        'equality_background_mean',
        'equality_devices_mean',
        'equality_language_mean',
        'first_slot_lead_time',
        'first_slot_lead_time_days',
        'first_wait_mean',
        'flagged_press_share',
        'guidance_coverage',
        'guidance_success_mean',
        'help_time_median',
        'incident_count',
        'incident_resolution_median',
        'incident_resolved_share',
        'incidents_per_1000_visits',
        'independent_next_time_share',
        'multi_agency_visit_share',
        'no_show_rate',
        'not_advanced_rate',
        'offered_service_hours',
        'open_feedback_negative_count',
        'open_feedback_positive_count',
        'open_feedback_positive_share',
        'open_feedback_ratio',
        'open_feedback_unclassified_count',
        'people_waiting_mean',
        'queue_time_called_median',
        'queue_time_median',
        'queue_time_p90',
        'queue_time_within_target_share',
        'remote_room_minutes',
        'repeat_wait_mean',
        'resolved_rate',
        'respectful_mean',
        'response_rate',
        'satisfaction_happy_share',
        'satisfaction_happy_share_all_presses',
        'satisfaction_mean',
        'satisfaction_mean_all_presses',
        'self_service_minutes',
        'service_events',
        'service_language_share',
        'service_time_median',
        'staff_safety_information_mean',
        'staff_safety_physical_mean',
        'statement_count',
        'third_slot_lead_time',
        'third_slot_lead_time_days',
        'total_wait_mean',
        'transactions',
        'trust_acts_correctly_mean',
        'trust_equal_treatment_mean',
        'trust_statutes_followed_mean',
        'visits',
        'wait_of_those_who_waited_mean',
        'waiting_minutes',
        'walk_in_wait_mean',
    ]) }}
{% endmacro %}

{% macro metric_meta(metric_id) %}
    {# What the metric's yml says; while dbt only parses, and for sqlfluff, there is no graph to look in. #}
    {% set defaults = {
        'breakdowns': [], 'not_by': [], 'lowest_level': 'service_point', 'valid_from': none, 'quantile': none, 'per': none,
    } %}
    {% set unknown = {
        'version': 1, 'statistic': 'ratio', 'unit': 'share', 'interval': 'none', 'source_family': 'queue',
        'collection_modes': ['queue_system'],
    } %}
    {% if not execute %}{{ return(dict(defaults, **unknown)) }}{% endif %}
    {{ return(dict(defaults, **graph.nodes['model.' ~ project_name ~ '.' ~ metric_id].config.meta.metric)) }}
{% endmacro %}

{% macro metric_breakdowns() %}
    {# The columns that a metric may be broken down by where its yml says so, and their types. #}
    {{ return({
        'service_code': 'text',
        'service_kind': 'text',
        'access': 'text',
        'service_mode': 'text',
        'language': 'text',
        'opening_hour': 'integer',
        'matter_code': 'text',
        'wave_id': 'text',
        'overseer': 'text',
        'incident_type': 'text',
    }) }}
{% endmacro %}

{% macro waits_of_walk_ins(service_events, fewest_seconds) %}
    {# Waits in minutes for the first call, of those who waited so long at least; a wait that is not known is in no mean. #}
    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        service_code,
        language,
        opening_hour,
        trim_scale(sum(first_wait_seconds) / 60.0) as numerator,
        count(*) as denominator,
        opening_date

    from {{ service_events }}

    where
        access = 'walk_in'
        and waiting_outcome = 'called'
        and first_wait_seconds >= {{ fewest_seconds }}

    group by service_point_id, agency_code, service_code, language, opening_hour, opening_date
{% endmacro %}

{% macro lead_times(slots, slot) %}
    {# Where no appointment was found, the lead time is longer than was looked ahead: such a look counts as not reached. #}
    select
        service_point_id,
        agency_code,
        'booking_system' as collection_mode,
        service_code,
        service_mode,
        coalesce({{ slot }}_lead_seconds, horizon_seconds) as duration_seconds,
        count({{ slot }}_lead_seconds) as numerator,
        count(*) as denominator,
        opening_date

    from {{ slots }}

    where
        is_opening_day
        and not is_time_coarse
        and ({{ slot }}_lead_seconds is not null or is_{{ slot }}_beyond_horizon)

    group by
        service_point_id, agency_code, service_code, service_mode,
        coalesce({{ slot }}_lead_seconds, horizon_seconds), opening_date
{% endmacro %}

{% macro is_register_silent() -%}
    {# Of fct_source_months: whether a register of incidents told of nothing in the month and the eleven before it. #}
    (
        source_family = 'incident'
        and count(*) over (
            partition by source, service_point_id
            order by period
            range between interval '11 months' preceding and current row
        ) >= 12
        and sum(event_count) over (
            partition by source, service_point_id
            order by period
            range between interval '11 months' preceding and current row
        ) = 0
    )
{%- endmacro %}
