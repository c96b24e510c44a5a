"""From a desk's call to what a board is told by the live stream of a site server of its own, and to what it then reads;
beside a bare signed request.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Queue
from typing import Final
from urllib.parse import urlsplit

import httpx2

from bench.counter_hall import CounterHall, counter_hall
from bench.measurement import Budget, Measurement
from bench.scan import timed
from kiosk.sync.desk_wire import ACT_PATH, BOARD_PATH, Answer, BoardView, DeskVerb
from kiosk.sync.wire import STREAM_PATH

COUNT: Final = 300
_PATIENCE_S: Final = 30.0
_EVERY_S: Final = 0.06
"""A board may ask 20 times a second (server/limits.py)."""
_BUDGET: Final = Budget("p95", 500)


def measure() -> Sequence[Measurement]:
    with counter_hall(COUNT) as hall, _told(hall.url) as told:
        to_told, to_read, bare = _call_all(hall, told)
    return [
        Measurement("call to board told / bare signed request", "ms", to_told, bare, (_BUDGET,)),
        Measurement("call to board's view / bare signed request", "ms", to_read, bare, (_BUDGET,)),
    ]


def _call_all(
    hall: CounterHall, told: "Queue[tuple[str, float]]"
) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    to_told, to_read, bare = [], [], []
    desk = hall.desk
    with httpx2.Client(base_url=hall.url, trust_env=False) as board:
        for ticket in hall.tickets:
            request = desk.request(ACT_PATH, desk.deed(DeskVerb.CALL_NEXT))
            begun = time.perf_counter()
            body = desk.tell(request)
            while (heard := told.get(timeout=_PATIENCE_S))[0] != ticket.label:
                pass
            answer = board.get(BOARD_PATH).raise_for_status()
            to_read.append((time.perf_counter() - begun) * 1000)
            to_told.append((heard[1] - begun) * 1000)
            assert BoardView.model_validate_json(answer.content).now[0].label == ticket.label  # noqa: S101
            desk.done(Answer.model_validate_json(body))
            bare.append(timed(desk, desk.bare())[0])
            desk.do(DeskVerb.START)
            desk.do(DeskVerb.COMPLETE)
            time.sleep(_EVERY_S)
    return to_told, to_read, bare


@contextmanager
def _told(url: str) -> Iterator["Queue[tuple[str, float]]"]:
    """Labels that a board is told to call, each with the moment (time.perf_counter). Reads as a board does."""
    address = urlsplit(url)
    calls: Queue[tuple[str, float]] = Queue()
    watching = threading.Event()
    with socket.create_connection((str(address.hostname), address.port or 80)) as line:
        line.sendall(f"GET {STREAM_PATH} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        reader = threading.Thread(target=_read, args=(line, calls, watching), daemon=True)
        reader.start()
        if not watching.wait(_PATIENCE_S):
            raise TimeoutError("The stream does not begin.")
        yield calls
        line.shutdown(socket.SHUT_RDWR)
        reader.join(_PATIENCE_S)


def _read(line: socket.socket, calls: "Queue[tuple[str, float]]", watching: threading.Event) -> None:
    name = ""
    with line.makefile("rb") as lines:
        for raw in lines:
            text = raw.decode().strip()
            if text.startswith("event: "):
                name = text.removeprefix("event: ")
                watching.set()
            elif text.startswith("data: ") and name == "call":
                call = json.loads(text.removeprefix("data: "))
                if not call["is_over"]:
                    calls.put((call["label"], time.perf_counter()))
