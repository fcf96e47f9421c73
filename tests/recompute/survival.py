"""The Kaplan-Meier quantile of durations of which some were broken off, as R's survfit gives it."""

from collections import Counter

TOLERANCE = 1e-8


def quantile(durations, is_event, share):
    """Smallest duration by which *share* have had the event, or None where that is not reached.

    Where the curve runs flat at exactly that level until another event or the end, the middle of the flat part.
    """
    ends = Counter(durations)
    events = Counter(duration for duration, event in zip(durations, is_event, strict=True) if event)
    at_risk, survival, flat_from = len(durations), 1.0, None
    for duration in sorted(ends):
        if events[duration]:
            if flat_from is not None:
                return (flat_from + duration) / 2
            survival *= 1 - events[duration] / at_risk
            if abs(survival - (1 - share)) < TOLERANCE:
                flat_from = duration
            elif survival < 1 - share:
                return duration
        at_risk -= ends[duration]
    return None if flat_from is None else (flat_from + max(durations)) / 2
