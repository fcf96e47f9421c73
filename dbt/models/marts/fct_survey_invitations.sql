with

invitations as (

    select * from {{ ref('stg_landing__survey_invitations') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

invitations_with_their_agency as (

    select
        invitations.service_point_id,
        {{ agency_on('invitations.agency_code', 'invitations.about_date', 'agencies') }} as agency_code,
        invitations.collection_mode,
        invitations.service_code,
        invitations.invited_count,
        cast(date_trunc('month', invitations.about_date) as date) as opening_date

    from invitations

),

counted_by_month as (

    select
        service_point_id,
        agency_code,
        collection_mode,
        service_code,
        sum(invited_count) as invited_count,
        opening_date

    from invitations_with_their_agency

    where {{ in_built_months('opening_date') }}

    group by service_point_id, agency_code, collection_mode, service_code, opening_date

)

select * from counted_by_month
