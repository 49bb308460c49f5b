"""The watchdog bites when events wait and nothing is settled, and only then."""

from __future__ import annotations

import threading

from coordinator.agent.watchdog import Progress, Watchdog


class Ends:
    def __init__(self) -> None:
        self.ends: dict[int, int | None] = {0: 10}

    def end(self, partition: int) -> int | None:
        return self.ends[partition]

    def close(self) -> None:
        return None


def watched(progress: dict[int, Progress]) -> tuple[Watchdog, Ends, list[str]]:
    ends, bitten = Ends(), []
    return Watchdog(ends, lambda: progress, 30, end=lambda _, why: bitten.append(why)), ends, bitten


def test_bites_when_events_wait_and_nothing_moves() -> None:
    dog, _, bitten = watched({0: Progress(5, 5)})
    for now_s in range(0, 31, 5):
        dog.look(now_s)
    assert not bitten
    dog.look(31)
    assert len(bitten) == 1


def test_movement_starts_the_time_anew() -> None:
    progress = {0: Progress(5, 5)}
    dog, _, bitten = watched(progress)
    for now_s in range(0, 300, 10):
        progress[0] = Progress(5 + now_s // 25, 5 + now_s // 25) if now_s < 90 else Progress(9, 9 + now_s)
        dog.look(now_s)
    assert not bitten


def test_no_event_waits_or_no_broker_answers() -> None:
    dog, ends, bitten = watched({0: Progress(9, 9)})
    for now_s in range(0, 200, 10):
        dog.look(now_s)
    dog, ends, bitten = watched({0: Progress(5, 5)})
    ends.ends[0] = None
    for now_s in range(0, 200, 10):
        dog.look(now_s)
    assert not bitten


def test_loading_that_stands_still_counts() -> None:
    dog, _, bitten = watched({0: Progress(None, 0)})
    for now_s in range(0, 50, 10):
        dog.look(now_s)
    assert bitten


def test_a_network_let_go_is_forgotten() -> None:
    progress = {0: Progress(5, 5)}
    dog, _, bitten = watched(progress)
    dog.look(0)
    progress.clear()
    dog.look(20)
    progress[0] = Progress(5, 5)
    dog.look(40)
    assert not bitten


def test_thread_looks_by_itself_and_stops() -> None:
    bitten = threading.Event()
    dog = Watchdog(Ends(), lambda: {0: Progress(5, 5)}, 0.05, end=lambda *_: bitten.set(), asked_every_s=0.01)
    dog.start()
    assert bitten.wait(5)
    dog.stop()
    dog.join(5)
    assert not dog.is_alive()
