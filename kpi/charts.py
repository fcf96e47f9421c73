"""The picture of a report: one metric this month and the month before, with intervals, as SVG."""

from dataclasses import dataclass

FONTS = "Liberation Sans, Arial, Helvetica, sans-serif"
INK, PAPER, GRID = "#1a2b3c", "#ffffff", "#d0d7de"
LINE_HEIGHT = 46


@dataclass(frozen=True, slots=True)
class Mark:
    """A number and its interval; *text* says whose it is and how much, *is_filled* marks the month of the report."""

    text: str
    value: float
    lower: float | None
    upper: float | None
    is_filled: bool


def interval_chart(marks: tuple[Mark, ...], axis_title: str, decimal_symbol: str, starts_at_zero: bool) -> str:
    """SVG of the *marks* below each other: a point each, a line for its interval. Same marks, same bytes."""
    import altair
    import pandas
    import vl_convert

    rows = pandas.DataFrame(
        {
            "text": [mark.text for mark in marks],
            "value": [mark.value for mark in marks],
            "lower": [mark.value if mark.lower is None else mark.lower for mark in marks],
            "upper": [mark.value if mark.upper is None else mark.upper for mark in marks],
            "fill": [INK if mark.is_filled else PAPER for mark in marks],
        }
    )
    label = f"replace(datum.label, '.', '{decimal_symbol}')"
    axis = altair.Axis(labelExpr=label, tickCount=5, gridColor=GRID, domain=False)
    x = altair.X("lower:Q", title=axis_title, axis=axis, scale=altair.Scale(zero=starts_at_zero, nice=True, padding=20))
    y = altair.Y("text:N", sort=None, title=None, axis=altair.Axis(labels=False, ticks=False, domain=False))
    base = altair.Chart(rows).encode(y=y)
    lines = base.mark_rule(strokeWidth=3, color=INK).encode(x=x, x2="upper:Q")
    points = base.mark_point(size=110, strokeWidth=2, opacity=1, stroke=INK).encode(
        x="value:Q", fill=altair.Fill("fill:N", scale=None)
    )
    names = base.mark_text(align="left", dy=-15, color=INK).encode(x=altair.value(0), text="text:N")
    chart = (lines + points + names).properties(width=460, height=LINE_HEIGHT * len(marks))
    styled = chart.configure(font=FONTS, background=PAPER).configure_view(stroke=None)
    styled = styled.configure_axis(
        labelFontSize=13, titleFontSize=13, titleFontWeight="normal", labelColor=INK, titleColor=INK
    )
    return str(vl_convert.vegalite_to_svg(styled.configure_text(fontSize=13).to_dict()))
