{% macro facts_of_event_types() %}
    {#
        The facts that the events of each type go into. Those with none are received, staged and counted, and in no figure
        yet. A test holds this list to the contracts, so that no type is forgotten in silence.
    #}
    {{ return({
        'advice.guidance_estimated': none,
        'advice.logged': none,
        'booking.cancelled': 'fct_booked_arrivals',
        'booking.changed': 'fct_booked_arrivals',
        'booking.created': 'fct_booked_arrivals',
        'booking.slots_observed': none,
        'complaint.counted': none,
        'correction.amended': 'fct_corrections',
        'correction.withdrawn': 'fct_corrections',
        'device.heartbeat': 'fct_source_hours',
        'feedback.given': 'fct_feedback_answers',
        'incident.reported': none,
        'incident.resolved': none,
        'observation.raised': none,
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
        'session.ended': none,
        'session.fault': none,
        'session.help_arrived': none,
        'session.help_requested': none,
        'session.started': none,
        'staff_survey.counted': 'fct_staff_answers',
        'survey.invited': 'fct_survey_invitations',
        'survey.stopped': none,
    }) }}
{% endmacro %}
