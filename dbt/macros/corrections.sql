{% macro may_correct(source, ref_source) -%}
    {# An installation corrects what it sent itself; an agency's system also what another system of the agency sent. #}
    (
        {{ ref_source }} = {{ source }}
        or (
            {{ source }} ~ '^/agencies/[^/]+/'
            and starts_with({{ ref_source }}, substring({{ source }} from '^/agencies/[^/]+/'))
        )
    )
{%- endmacro %}

{% macro correctable_fields() %}
    {# By event type, the payload fields that correction.amended may replace: a test holds this list to the contracts. #}
    {{ return({
        'advice.guidance_estimated': ['scale_code', 'score', 'text'],
        'advice.logged': [
            'agency', 'channel', 'customer_initiated', 'duration_band', 'level', 'matter_code', 'reason_code',
            'referral_target',
        ],
        'booking.cancelled': ['agency'],
        'booking.changed': [
            'agency', 'expected_service_events', 'made_by', 'service_code', 'service_mode', 'slot_end', 'slot_start',
        ],
        'booking.created': [
            'agency', 'expected_service_events', 'made_by', 'service_code', 'service_mode', 'slot_end', 'slot_start',
        ],
        'booking.slots_observed': [
            'agency', 'first_free_at', 'free_count', 'horizon_days', 'offered_count', 'service_code', 'service_mode',
            'third_free_at',
        ],
        'complaint.counted': ['agency', 'lodged_count', 'statement_count', 'themes'],
        'feedback.given': [
            'agency', 'answers', 'form_version', 'keyed_on', 'language', 'placement', 'polarity', 'polarity_basis',
            'population', 'service_kind', 'text', 'topic', 'visited_on', 'wave_id',
        ],
        'incident.reported': ['incident_type', 'location_area', 'measures', 'resolved_at', 'severity'],
        'incident.resolved': ['measures', 'resolved_at'],
        'observation.raised': ['agency', 'counts', 'summary', 'topic'],
        'queue.checked_in': ['agency'],
        'queue.observed': ['agency', 'announced_wait_minutes', 'open_desk_count', 'queue_code', 'waiting_count'],
        'queue.service_ended': ['end_state', 'time_inaccurate'],
        'queue.service_held': ['service_mode'],
        'queue.service_resumed': ['service_mode'],
        'queue.service_started': ['service_mode'],
        'queue.ticket_issued': [
            'access', 'agency', 'language', 'party_size', 'purpose', 'queue_code', 'service_code', 'stop_id',
        ],
        'queue.transferred': ['to_agency', 'to_queue_code'],
        'session.ended': ['agency', 'connected_at', 'interpreting_used', 'kind'],
        'session.fault': ['agency', 'fault_code', 'kind'],
        'session.help_arrived': ['kind'],
        'session.help_requested': ['kind'],
        'session.started': ['agency', 'kind'],
        'staff_survey.counted': ['distribution', 'n', 'scale_code', 'wave_id'],
        'survey.invited': ['agency', 'count', 'service_code'],
        'survey.stopped': ['agency', 'service_code'],
    }) }}
{% endmacro %}

{% macro is_correctable(event_type, field) -%}
    (
        {{ field }} = 'time'
        {% for name, fields in correctable_fields().items() -%}
        or ({{ event_type }} = '{{ name }}' and {{ field }} in ('{{ fields | join("', '") }}'))
        {% endfor %}
    )
{%- endmacro %}

{% macro offset_minutes_of(instant_text) -%}
    case
        when right({{ instant_text }}, 1) = 'Z' then 0
        else cast(extract(epoch from cast(right({{ instant_text }}, 6) as interval)) / 60 as integer)
    end
{%- endmacro %}
