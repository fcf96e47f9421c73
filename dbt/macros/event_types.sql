{% macro facts_of_event_types() %}
    {#
        The facts that the events of each type go into. Those with none are received, staged and counted, and in no figure
        yet. A test holds this list to the contracts, so that no type is forgotten in silence.
    #}
    {{ return({
        'advice.guidance_estimated': 'fct_guidance_estimates',
        'advice.logged': 'fct_advice',
        'booking.cancelled': 'fct_booked_arrivals',
        'booking.changed': 'fct_booked_arrivals',
        'booking.created': 'fct_booked_arrivals',
        'booking.slots_observed': 'fct_slots_observed',
        'complaint.counted': 'fct_complaint_reports',
        'correction.amended': 'fct_corrections',
        'correction.withdrawn': 'fct_corrections',
        'device.heartbeat': 'fct_source_hours',
        'feedback.given': 'fct_feedback_answers',
        'incident.reported': 'fct_incidents',
        'incident.resolved': 'fct_incidents',
        'observation.raised': 'fct_agency_observations',
        'queue.abandoned': 'fct_tickets',
        'queue.called': 'fct_tickets',
        'queue.checked_in': 'fct_tickets',
        'queue.no_show': 'fct_tickets',
        'queue.observed': 'fct_queue_snapshots',
        'queue.recalled': 'fct_tickets',
        'queue.service_ended': 'fct_tickets',
        'queue.service_held': 'fct_tickets',
        'queue.service_resumed': 'fct_tickets',
        'queue.service_started': 'fct_tickets',
        'queue.ticket_issued': 'fct_tickets',
        'queue.transferred': 'fct_tickets',
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
