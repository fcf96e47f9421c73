{% macro facts_of_event_types() %}
    {#
        The facts that the events of each type go into. Those with none are received, staged and counted, and in no figure
        yet. A test holds this list to the contracts, so that no type is forgotten in silence.
    #}
    {{ return({
        'advice.guidance_estimated': 'fct_guidance_estimates',
        'advice.logged': 'fct_advice',
        'booking.cancelled': 'fct_bookings',
        'booking.changed': 'fct_bookings',
        'booking.created': 'fct_bookings',
        'booking.slots_observed': 'fct_slots_observed',
        'complaint.counted': 'fct_complaint_reports',
        'correction.amended': 'fct_corrections',
        'correction.withdrawn': 'fct_corrections',
        'device.heartbeat': 'fct_source_hours',
        'feedback.given': 'fct_feedback_answers',
        'incident.reported': 'fct_incidents',
        'incident.resolved': 'fct_incidents',
        'observation.raised': 'fct_agency_observations',
        'queue.abandoned': 'fct_service_events',
        'queue.called': 'fct_service_events',
        'queue.checked_in': 'fct_service_events',
        'queue.no_show': 'fct_service_events',
        'queue.observed': 'fct_queue_snapshots',
        'queue.recalled': 'fct_service_events',
        'queue.service_ended': 'fct_service_events',
        'queue.service_held': 'fct_service_events',
        'queue.service_resumed': 'fct_service_events',
        'queue.service_started': 'fct_service_events',
        'queue.ticket_issued': 'fct_service_events',
        'queue.transferred': 'fct_service_events',
        'session.ended': 'fct_sessions',
        'session.fault': 'fct_sessions',
        'session.help_arrived': 'fct_sessions',
        'session.help_requested': 'fct_sessions',
        'session.started': 'fct_sessions',
        'staff_survey.counted': 'fct_staff_answers',
        'survey.invited': 'fct_survey_invitations',
        'survey.stopped': none,
    }) }}
{% endmacro %}
