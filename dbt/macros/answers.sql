{% macro is_flagged_press() -%}
    coalesce(is_misuse or is_burst, false)
{%- endmacro %}

{% macro mean_of_scores(answers, question_code, breakdowns=[], with_flagged=false) %}
    {% set cell = ['service_point_id', 'agency_code', 'collection_mode'] + breakdowns -%}
    select
        {{ cell | join(', ') }},
        sum(score * answer_count) as numerator,
        sum(answer_count) as denominator,
        sum(score * score * answer_count) as sum_of_squares,
        opening_date

    from {{ answers }}

    where
        question_code = '{{ question_code }}'
        and population = 'customers'
        and score is not null
        {{ 'and not ' ~ is_flagged_press() if not with_flagged }}

    group by {{ cell | join(', ') }}, opening_date
{% endmacro %}

{% macro share_of_answers(
    answers, question_code, is_counted, is_base='is_answer', breakdowns=[], with_flagged=false
) %}
    {% set cell = ['service_point_id', 'agency_code', 'collection_mode'] + breakdowns -%}
    select
        {{ cell | join(', ') }},
        coalesce(sum(answer_count) filter (where {{ is_counted }}), 0) as numerator,
        sum(answer_count) as denominator,
        opening_date

    from {{ answers }}

    where
        question_code = '{{ question_code }}'
        and population = 'customers'
        and {{ is_base }}
        {{ 'and not ' ~ is_flagged_press() if not with_flagged }}

    group by {{ cell | join(', ') }}, opening_date
{% endmacro %}

{% macro answers_by_population(answers) %}
    {# A wider sample stands for the nation only, and under a mode of its own, so that nothing adds the two up. #}
    select
        question_code,
        score,
        answer_count,
        language,
        wave_id,
        is_misuse,
        is_burst,
        opening_date,
        'customers' as population,
        case population when 'customers' then service_point_id end as service_point_id,
        case population when 'customers' then agency_code else 'not_attributable' end as agency_code,
        collection_mode || case population when 'customers' then '' else '_wider_sample' end as collection_mode

    from {{ answers }}
{% endmacro %}

{% macro open_feedback_counted(items, numerator, denominator='null', where='true') %}
    select
        service_point_id,
        agency_code,
        collection_mode,
        service_kind,
        language,
        coalesce(sum(item_count) filter (where {{ numerator }}), 0) as numerator,
        {% if denominator == 'null' -%}
        cast(null as bigint) as denominator,
        {%- else -%}
        coalesce(sum(item_count) filter (where {{ denominator }}), 0) as denominator,
        {%- endif %}
        opening_date

    from {{ items }}

    where {{ where }}

    group by service_point_id, agency_code, collection_mode, service_kind, language, opening_date
{% endmacro %}

{% macro mean_of_staff_scores(answers, item_code) %}
    select
        service_point_id,
        agency_code,
        'staff_survey' as collection_mode,
        wave_id,
        sum(score * answer_count) as numerator,
        sum(answer_count) as denominator,
        sum(score * score * answer_count) as sum_of_squares,
        opening_date

    from {{ answers }}

    where item_code = '{{ item_code }}'

    group by service_point_id, agency_code, wave_id, opening_date
{% endmacro %}
