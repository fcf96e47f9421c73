"""What a caller may cost: sizes, times, and a rate for each token."""

import math
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    body_bytes: int = 1024**2
    batch_events: int = 1000
    json_depth: int = 32
    events_per_second: float = 200
    burst_events: int = 5000
    request_seconds: float = 10
    header_bytes: int = 64 * 1024
    requests_at_once: int = 500


@dataclass(slots=True)
class Bucket:
    """A token bucket: holds *burst_events*, is filled with *events_per_second*."""

    events_per_second: float
    burst_events: int
    level: float = field(init=False)
    filled_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = self.burst_events
        self.filled_at = time.monotonic()

    def take(self, count: int) -> int:
        """Take *count*, or nothing: 0 when they were there, else the seconds until they will be."""
        now = time.monotonic()
        self.level = min(self.burst_events, self.level + (now - self.filled_at) * self.events_per_second)
        self.filled_at = now
        wanted = min(count, self.burst_events)  # a batch larger than the bucket waits until it is full
        if self.level >= wanted:
            self.level -= wanted
            return 0
        return max(1, math.ceil((wanted - self.level) / self.events_per_second))
