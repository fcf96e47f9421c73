-- Figures of staff: for one role ---------------------------------------------------------------------------------------

create schema staff_survey;
comment on schema staff_survey is
'What the role pulssi_staff_survey reads: the restricted tables of the warehouse and the values of restricted metrics, of the months in analysis.month. Made by dbt.';

create function staff_survey.admit_readers() returns void language plpgsql as $$
begin
    begin
        create role pulssi_staff_survey nologin;
    exception
        when duplicate_object or unique_violation then null;
    end;
    grant usage on schema staff_survey to pulssi_staff_survey;
    grant select on all tables in schema staff_survey to pulssi_staff_survey;
    alter default privileges in schema staff_survey grant select on tables to pulssi_staff_survey;
end $$;
revoke execute on function staff_survey.admit_readers from public;
comment on function staff_survey.admit_readers is
'Lets the role pulssi_staff_survey read the views of staff_survey, and nothing else. Run by the owner of the views, who may create roles or finds it created.';

do $$ begin
    perform staff_survey.admit_readers();
exception
    when insufficient_privilege then
        raise warning 'this user may not create the role pulssi_staff_survey: have it created, then run: select staff_survey.admit_readers()';
end $$;
