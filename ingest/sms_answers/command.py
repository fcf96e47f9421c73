"""pulssi sms-answers: how answers by text message were read, and how a message would be."""

from datetime import datetime

import click

from infra import database
from infra.errors import ActionNeeded
from infra.settings import read_settings
from ingest.sms_answers.answers import Question, read_answers
from ingest.sms_answers.vocabulary import vocabulary

_COUNTS = """
with

messages as (

    select source, event_type, data
    from landing.event
    where
        event_type in ('feedback.given', 'survey.stopped')
        and data ->> 'mode' = 'sms'
        and (%(since)s::timestamp is null or received_at >= %(since)s::timestamp at time zone 'UTC')

),

answers as (

    select source, question ->> 'question_code' as question_code, question ->> 'raw_value' as raw_value
    from messages
    cross join lateral json_array_elements(data -> 'answers') as question
    where event_type = 'feedback.given'

)

select source, question_code, case when raw_value like 'unclear.%%' then raw_value else 'clear' end as reading, count(*)
from answers
group by 1, 2, 3
union all
select source, '', 'stop', count(*)
from messages
where event_type = 'survey.stopped'
group by source
order by 1, 2, 4 desc, 3
"""


@click.group(epilog="Example: pulssi sms-answers count --since 2026-10-01")
def sms_answers() -> None:
    """Answers by text message: how many were unclear and why, and how a message is read."""


@sms_answers.command(epilog="Example: pulssi sms-answers count --since 2026-10-01")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="only what was received from this UTC day on")
def count(since: datetime | None) -> None:
    """Count clear answers, unclear ones by reason, and wishes for no more messages, by source and question.

    Unclear answers are in, on no scale, with their text: no metric takes them for an answer.
    """
    with database.connect(read_settings()) as connection:
        found = connection.execute(_COUNTS, {"since": since}).fetchall()
    for source, question, reading, number in found:
        click.echo(f"{number:>9}  {reading:<28} {question:<24} {source}")
    unclear = sum(row[3] for row in found if row[2].startswith("unclear."))
    stopped = sum(row[3] for row in found if row[2] == "stop")
    click.echo(f"{sum(row[3] for row in found) - stopped} answers, {unclear} unclear; {stopped} want no more messages")


@sms_answers.command(epilog='Example: pulssi sms-answers read "5, kyllä" --scale rating_5 --scale outcome_3')
@click.argument("text")
@click.option(
    "--scale",
    "scales",
    multiple=True,
    default=["rating_5"],
    show_default=True,
    help="the scale of each question asked, in their order",
)
def read(text: str, scales: list[str]) -> None:
    """Say how TEXT is read as the answer to questions with these scales: for trying words of words.yml."""
    if unknown := [scale for scale in scales if scale not in vocabulary().scales]:
        raise ActionNeeded(f"--scale {unknown[0]}: no answer to it is read: give {', '.join(vocabulary().scales)}")
    reading = read_answers(text, [Question(f"question {number}", scale) for number, scale in enumerate(scales, 1)])
    if reading.kind == "stop":
        click.echo("stop: no feedback, and no more messages wanted")
        return
    for answer in reading.answers:
        value = answer.value if answer.value is not None else f"unclear ({answer.reason})"
        click.echo(f"{answer.question.scale}: {value}")
    click.echo(f"free text: {reading.text or '(none)'}")
