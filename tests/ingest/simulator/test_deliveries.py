"""What was delivered is not sent again, and what was not is never left out."""

import threading
from collections import Counter

from ingest.simulator.deliveries import Delivered


def test_an_event_put_while_a_lane_moves_on_is_not_taken_for_one_delivered_before(tmp_path):
    delivered = Delivered(tmp_path / "events.delivered.json", "kafka", again=False)
    answers, threads = [], []

    class Slow(Counter):
        """Lets somebody else ask after each of its changes."""

        def __setitem__(self, lane, count):
            super().__setitem__(lane, count)
            asking = threading.Thread(target=lambda: answers.append(delivered.is_next_done(lane)))
            threads.append(asking)
            asking.start()
            asking.join(0.2)

    delivered._counts = Slow()
    delivered.advance("lane", 5)
    for asking in threads:
        asking.join()

    assert answers == [False]
