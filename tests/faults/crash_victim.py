"""Kiosks that are killed at a byte or at a step: a process that forks one for each life, so that many die quickly.

    python -m tests.faults.crash_victim

Each line of its input is one life, as JSON (`Life`); the answer is one line of JSON: how it ended, and what it had said
by then. All is loaded before the first fork, and this process has no other thread.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from kiosk.clock import FakeClock
from kiosk.domain.ticket import TicketId
from kiosk.faults import watching_faults
from kiosk.logs import configure_logging
from kiosk.store.print_jobs import jobs_of
from kiosk.store.tickets import find_ticket
from printing.escpos_printer import Deadlines, EscposPrinter
from printing.profile import Confirmation, Profile, Renderer, find_profile
from printing.slip import SlipRenderer
from printing.spooler import Spooler
from printing.transports.devices import open_device
from printing.transports.transport import Transport
from tests.sample_slips import paper_ticket
from tests.small_hall import MONDAY_10_00, Machine, request, running_kiosk, small_catalogue, small_site
from tests.spooling import Heard

DEADLINES: Final = Deadlines(open_s=2, answer_s=0.3, write_s=2, confirm_s=3)
_SMALLEST_SLIP: Final = 500
"""Bytes. What is written in shorter pieces is conversation."""

_AFTER_PATIENCE: Final = timedelta(seconds=100)

Say = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True)
class Life:
    """`visit`: issue for `session` and print. Otherwise the return: what the kiosk does after its death, as the same
    visitor `asks_again` or not; then the next visitor. `die_after_bytes` of the first slip, or `die_at` a fault point.
    """

    folder: str
    device: str
    session: str
    is_visit: bool
    confirmation: str
    is_text: bool
    die_after_bytes: int | None = None
    die_at: str = ""
    asks_again: bool = False

    @property
    def profile(self) -> Profile:
        renderer = Renderer.TEXT if self.is_text else Renderer.RASTER
        known = find_profile("generic-80mm")
        return replace(known, confirmation=Confirmation(self.confirmation), renderer=renderer)


class DeadlyTransport:
    """Lets so many bytes of the first slip through, and then the process is dead."""

    def __init__(self, transport: Transport, bytes_to_live: int | None) -> None:
        self._transport = transport
        self._left = bytes_to_live
        self._is_slip = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes, timeout_s: float) -> None:
        self._is_slip = self._is_slip or len(data) >= _SMALLEST_SLIP
        if self._left is None or not self._is_slip:
            self._transport.write(data, timeout_s)
            return
        if len(data) >= self._left:
            self._transport.write(data[: self._left], timeout_s)
            os.kill(os.getpid(), signal.SIGKILL)
        self._transport.write(data, timeout_s)
        self._left -= len(data)


@contextmanager
def at_work(life: Life) -> Iterator[tuple[Machine, Spooler, Heard]]:
    heard = Heard()
    transport = DeadlyTransport(open_device(life.device), life.die_after_bytes)
    with running_kiosk(Path(life.folder), FakeClock(MONDAY_10_00)) as machine:
        spooler = Spooler(
            EscposPrinter(transport, life.profile, DEADLINES),
            machine.jobs,
            SlipRenderer(small_site(), small_catalogue(), life.profile),
            heard.job,
            heard.status,
            machine.clock,
            poll_s=60,
        )
        spooler.start()
        try:
            heard.wait_for(lambda: bool(heard.statuses))
            yield machine, spooler, heard
        finally:
            spooler.stop()


def visit(life: Life, say: Say) -> None:
    with at_work(life) as (machine, spooler, heard):
        issued = machine.issuing.issue(request(life.session))
        say({"ticket": issued.ticket.id, "label": issued.ticket.label})
        spooler.wake()
        say({"verdict": heard.verdict(issued.job.id)})


def come_back(life: Life, say: Say) -> None:
    """After the death: who stands there may ask for paper; the next visitor comes; who has nothing is let go."""
    with at_work(life) as (machine, spooler, heard):
        left = machine.issuing.last_visitor()
        say({"left": None if left is None else left.ticket.id})
        if left is not None and life.asks_again:
            again = machine.issuing.print_again if left.job.state.is_lost else machine.issuing.reprint
            job = again(left.ticket.id)
            spooler.wake()
            heard.verdict(job.id)
        following = machine.issuing.issue(request(f"{life.session} next"))
        spooler.wake()
        heard.verdict(following.job.id)
        machine.jobs.abandon()
        machine.clock.advance(_AFTER_PATIENCE)
        machine.jobs.abandon()
        for ticket_id in machine.store.call(_tickets):
            say(_account(machine, life, ticket_id))


def _tickets(db: Any) -> list[TicketId]:
    return [TicketId(row[0]) for row in db.conn.execute("SELECT id FROM tickets").fetchall()]


def _account(machine: Machine, life: Life, ticket_id: TicketId) -> Mapping[str, Any]:
    """What the store says of a ticket in the end. Beside it lie the bytes that each of its slips should have."""
    ticket = machine.store.call(partial(find_ticket, ticket_id=ticket_id))
    assert ticket is not None
    jobs = machine.store.call(partial(jobs_of, ticket_id=ticket_id))
    render = SlipRenderer(small_site(), small_catalogue(), life.profile)
    for job in jobs:
        (Path(life.folder) / f"{ticket_id}-{job.copy}.bin").write_bytes(render(ticket, job.copy, life.profile))
    return {
        "account": ticket_id,
        "token": ticket.token,
        "label": ticket.label,
        "slips": [job.state for job in jobs],
        "stops": [stop.state for stop in ticket.stops],
    }


def main() -> None:
    configure_logging(None)
    for renderer in (Renderer.RASTER, Renderer.TEXT):
        profile = replace(find_profile("generic-80mm"), renderer=renderer)
        slips = SlipRenderer(small_site(), small_catalogue(), profile)
        slips.prepare()
        slips(paper_ticket(), 0, profile)
    for line in sys.stdin:
        life = Life(**json.loads(line))
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _live(life, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as said:
            words = [json.loads(sentence) for sentence in said]
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"status": status, "said": words}) + "\n")
        sys.stdout.flush()


def _live(life: Life, pipe: int) -> None:
    """Never returns. A trouble is told and ends it with 1."""

    def say(facts: Mapping[str, Any]) -> None:
        os.write(pipe, (json.dumps(facts) + "\n").encode())

    def die(point: str) -> None:
        if point == life.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        with watching_faults(die):
            (visit if life.is_visit else come_back)(life, say)
    except BaseException as error:  # noqa: BLE001  # the parent shall read it
        say({"trouble": repr(error)})
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
