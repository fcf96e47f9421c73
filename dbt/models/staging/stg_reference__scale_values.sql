with

scale_values as (

    select
        scale_code,
        raw_value,
        score

    from {{ source('reference', 'scale_value') }}

)

select * from scale_values
