with recursive

agencies as (

    select * from {{ ref('stg_reference__agencies') }}

),

-- Each turn follows one agency that ended to its successor, from the day it ended.
succession as (

    select
        agency_code as sent_code,
        agency_code,
        0 as generation,
        valid_from,
        valid_to

    from agencies

    union all

    select
        succession.sent_code,
        successors.agency_code,
        succession.generation + 1 as generation,
        greatest(succession.valid_to, successors.valid_from) as valid_from,
        successors.valid_to

    from succession
    inner join agencies as ended
        on
            succession.agency_code = ended.agency_code
            and succession.valid_to = ended.valid_to
    inner join agencies as successors
        on
            ended.successor_code = successors.agency_code
            and ended.valid_to < coalesce(successors.valid_to, 'infinity')

)

select * from succession
