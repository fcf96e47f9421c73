with

holidays as (

    select
        holiday_date,
        name_fi,
        name_sv,
        name_en

    from {{ source('reference', 'holiday') }}

)

select * from holidays
