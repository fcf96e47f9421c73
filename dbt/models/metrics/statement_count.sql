with

complaint_reports as (

    select * from {{ ref('fct_complaint_reports') }}

),

complete_reports as (

    select
        cast(null as text) as service_point_id,
        agency_code,
        -- A count of several months stands apart: it is neither added to those of a month nor compared with them.
        case period_month_count when 1 then 'complaint' else 'complaint_' || period_month_count || '_months' end
            as collection_mode,
        overseer,
        statement_count as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from complaint_reports

    -- A total of which a part was not reported is not known.
    where overseer_count = {{ var('overseers') | length }}

),

counted_by_month as (

    select
        service_point_id,
        agency_code,
        collection_mode,
        overseer,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        opening_date

    from complete_reports

    group by service_point_id, agency_code, collection_mode, overseer, opening_date

)

select * from counted_by_month
