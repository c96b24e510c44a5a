"""The kiosks of `bench reserve`: each in a process of its own that imports nothing of the server's."""

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.lean_client import AnswerError, LeanClient
from kiosk.identity import Identity
from kiosk.sync.wire import RESERVE_PATH, Reserve, Reserved

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

SITE: Final = "bench"
START_WITHIN_S: Final = 60.0
_QUEUES: Final = ("A", "B", "C", "D", "E", "F", "G", "H")


@dataclass(frozen=True, slots=True)
class Took:
    """Of one client. Times by the steady clock that all processes share, in seconds."""

    begun_at: float
    ended_at: float
    milliseconds: Sequence[float]
    numbers: Sequence[tuple[str, str, int]]


def kiosk_of(number: int) -> Identity:
    """Its key follows from its number, so that no file need be shared."""
    return Identity(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{SITE} {number}".encode()).digest()))


def take_numbers(url: str, number: int, count: int, ready: Barrier, results: "Queue[Any]") -> None:
    """Puts a `Took` into `results`, or a sentence where it went wrong."""
    try:
        with LeanClient(url, SITE, kiosk_of(number)) as client:
            requests = client.signed(RESERVE_PATH, [_wish(number + turn) for turn in range(count)])
            ready.wait(START_WITHIN_S)
            results.put(_ask(client, requests))
    except Exception as error:  # noqa: BLE001  # whatever it is, the parent must hear of it
        ready.abort()
        results.put(f"{type(error).__name__}: {error}")


def _wish(turn: int) -> bytes:
    return Reserve(ticket=secrets.token_hex(8), queue=_QUEUES[turn % len(_QUEUES)]).model_dump_json().encode()


def _ask(client: LeanClient, requests: Sequence[bytes]) -> Took:
    answers: list[bytes] = []
    samples: list[float] = []
    begun_at = time.monotonic()
    for request in requests:
        asked_at = time.perf_counter()
        status, body = client.ask(request)
        samples.append((time.perf_counter() - asked_at) * 1000)
        if status != 200:
            raise AnswerError(f"{status} {body.decode(errors='replace')}")
        answers.append(body)
    ended_at = time.monotonic()
    read = [Reserved.model_validate_json(answer) for answer in answers]
    return Took(begun_at, ended_at, samples, [(str(one.service_day), one.queue, one.number) for one in read])
