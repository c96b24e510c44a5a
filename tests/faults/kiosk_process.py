"""A kiosk without a face, as a process of its own: all that `giliran kiosk` puts together behind its screens.

    python -m tests.faults.kiosk_process KIOSK.TOML [PRAGMA...]

It says `{"ready": LETTER}`, then answers each line of its input with one line of JSON. `issue KEY SERVICE...` is a
visitor: the answer is what the screen would show, and comes after the ticket's durable commit. Whoever holds the other
end of the pipe therefore has every promise that was made, however this process ends. `state` asks how the sync fares,
`hall` what stands at this kiosk and who waits, `look TOKEN` what it says of a slip. `pass SECONDS` moves its clocks on.
The end of its input stops it in good order. The database is used with these pragmas, over its own.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kiosk.clock import SystemClock
from kiosk.config import load_config
from kiosk.domain.language import Language
from kiosk.domain.ticket import IssueRequest
from kiosk.errors import KioskError
from kiosk.issuing import Issued
from kiosk.logs import configure_logging
from kiosk.store.log import acknowledged, heads
from kiosk.store.print_jobs import is_printing
from ui.machine import Machine


class MovableClock(SystemClock):
    """The machine's own, and so much later."""

    moved = timedelta()

    def now(self) -> datetime:
        return super().now() + self.moved

    def monotonic(self) -> float:
        return super().monotonic() + self.moved.total_seconds()


def main() -> None:
    config = load_config(Path(sys.argv[1]))
    configure_logging(config.data_dir / "logs")
    clock = MovableClock()
    machine = Machine(config, clock, lambda _: None, lambda _: None)
    for pragma in sys.argv[2:]:
        machine.store.call(partial(_set, pragma=pragma))
    machine.start()
    _say({"ready": machine.config.letter})
    for line in sys.stdin:
        command, *words = line.split()
        try:
            match command:
                case "issue":
                    _say(_issue(machine, words))
                case "look":
                    _say(_look(machine, words[0]))
                case "hall":
                    _say(_hall(machine))
                case "pass":
                    clock.moved += timedelta(seconds=float(words[0]))
                    machine.spooler.wake()
                    _say({})
                case _:
                    _say(_state(machine))
        except KioskError as error:
            _say({"trouble": str(error)})
    machine.close()


def _set(db: Database, pragma: str) -> None:
    db.conn.execute(f"PRAGMA {pragma}").fetchall()


def _issue(machine: Machine, words: Sequence[str]) -> Mapping[str, Any]:
    key, *service_ids = words
    began = time.monotonic()
    issued = machine.machinery.issue(IssueRequest(key, tuple(service_ids), False, Language.INDONESIAN))
    waited_s = time.monotonic() - began
    if not isinstance(issued, Issued):
        return {"trouble": issued}
    ticket = issued.ticket
    return {
        "ticket": ticket.id,
        "day": ticket.service_day.isoformat(),
        "label": ticket.label,
        "services": [stop.service_id for stop in ticket.stops],
        "waited_s": waited_s,
        "token": ticket.token,
    }


def _look(machine: Machine, token: str) -> Mapping[str, Any]:
    status = machine.machinery.look_up(token)
    return {"verdict": status.verdict, "label": status.label, "states": [stop.state for stop in status.stops]}


def _state(machine: Machine) -> Mapping[str, Any]:
    assert machine.sync is not None
    status = machine.sync.status
    return {
        "state": status.state,
        "backlog": status.backlog,
        "detail": status.detail,
        "numbers_trouble": machine.sync.numbers_trouble,
        "version": machine.data.catalogue.version,
        **machine.store.call(_log),
    }


def _hall(machine: Machine) -> Mapping[str, Any]:
    """`last`: the visitor of just before a restart, and the state of his slip; `jobs`: the states of all slips;
    `waiting`: queue -> visitors.
    """
    issuing = machine.machinery._issuing
    last = issuing.last_visitor()
    return {
        "last": None if last is None else [last.ticket.id, last.job.state],
        "jobs": [state for (state,) in machine.store.call(_rows("SELECT state FROM print_jobs ORDER BY id"))],
        "labels": [label for (label,) in machine.store.call(_rows("SELECT label FROM tickets ORDER BY label"))],
        "waiting": dict(issuing.waiting()),
    }


def _rows(query: str) -> Callable[[Database], list[tuple[Any, ...]]]:
    return lambda db: db.conn.execute(query).fetchall()


def _log(db: Database) -> Mapping[str, Any]:
    """How far this kiosk has written, and what it knows to be safe elsewhere: incarnation -> sequence. What becomes of
    a slip that is printing will be written too.
    """
    return {
        "printing": is_printing(db),
        "written": {head.incarnation: head.sequence for head in heads(db)},
        "at_site": dict(acknowledged(db, "site")),
        "at_central": dict(acknowledged(db, "central")),
    }


def _say(facts: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
