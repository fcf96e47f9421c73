"""Say which events wait for reference data and are in no figure, and which command lets them in."""

import shlex

import psycopg

from infra.settings import Settings

SHOWN_POINTS = 5

HELD = """
    select service_point_id, count(*) as event_count
    from landing.event_held
    group by service_point_id
    order by event_count desc, service_point_id
"""
FOLDERS = "select folders from ops.reference_load order by loaded_at desc limit 1"


def told(settings: Settings, connection: psycopg.Connection) -> list[str]:
    """One line for a person, or none when no event is held."""
    held = connection.execute(HELD).fetchall()
    if not held:
        return []
    loaded = connection.execute(FOLDERS).fetchone()
    folders = shlex.join(map(str, loaded[0] if loaded else [settings.deployment.folder]))
    points = ", ".join(f"{count} of {point}" for point, count in held[:SHOWN_POINTS])
    more = f" and {len(held) - SHOWN_POINTS} other points" if len(held) > SHOWN_POINTS else ""
    return [
        f"{sum(count for _, count in held)} events are held and in no number, for reference data do not know their "
        f"service point: {points}{more}. Give the point a row in service_points.csv, then: "
        f"pulssi reference load {folders} && pulssi build"
    ]
