"""SIGKILL at each step from the press to the paper, by real processes. The witness is outside: a promise log, and the
slips that lie at the printer, read back from their QR codes.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
import zxingcpp
from PIL import Image

from kiosk.domain import token
from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import TicketId
from kiosk.store.print_jobs import jobs_of
from kiosk.store.verify import Verified, verify
from printing.simulated import SimulatedPrinter
from tests.small_hall import request, running_kiosk
from tests.spooling import PATIENCE_S, PROFILE, printing_kiosk

VISITORS: Final = """
import os, sys
from pathlib import Path
from kiosk.logs import configure_logging
from tests.small_hall import request
from tests.spooling import printing_kiosk

configure_logging(None)
directory, promises, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
with printing_kiosk(directory) as works, promises.open("a", encoding="utf-8") as log:
    for visitor in range(count):
        issued = works.machine.issuing.issue(request(f"{os.getpid()}.{visitor}"))
        log.write(f"{issued.ticket.id} {issued.ticket.label}\\n")
        log.flush()
        os.fsync(log.fileno())
        print(issued.ticket.label, flush=True)
        works.spooler.wake()
        works.heard.verdict(issued.job.id)
"""


def visitors(directory: Path, count: int, fault: str = "") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", VISITORS, str(directory), str(directory.parent / "promises"), str(count)],
        env={**os.environ, "GILIRAN_FAULT": fault},
        stdout=subprocess.PIPE,
        text=True,
    )


def promised(directory: Path) -> dict[TicketId, str]:
    """Ticket -> label of everything that a visitor was shown."""
    path = directory.parent / "promises"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {TicketId(ticket_id): label for ticket_id, label in (line.split() for line in lines)}


def on_paper(directory: Path) -> Counter[TicketId]:
    """Ticket -> slips with a readable QR."""
    papers: Counter[TicketId] = Counter()
    for slip in SimulatedPrinter(directory / "slips", PROFILE).slips():
        with Image.open(slip) as image:
            codes = zxingcpp.read_barcodes(image.convert("L"))
        parsed = token.parse(codes[0].text)
        assert isinstance(parsed, token.Parsed)
        papers[parsed.claims.ticket_id] += 1
    return papers


def check_promises(directory: Path) -> dict[TicketId, PrintState]:
    """What must hold after any death, once the kiosk has started again. Ticket -> state of its only slip."""
    with running_kiosk(directory) as machine:
        machine.jobs.recover()
        assert machine.jobs.take_next() is None, "nothing prints by itself"
        rows = machine.store.call(lambda db: db.conn.execute("SELECT id, label FROM tickets").fetchall())
        jobs = machine.store.call(lambda db: [job for ticket_id, _ in rows for job in jobs_of(db, ticket_id)])
        following = machine.issuing.issue(request("after the restart")).ticket
        machine.jobs.recover()
    stored = {TicketId(ticket_id): label for ticket_id, label in rows}
    assert len(set(stored.values()) | {following.label}) == len(stored) + 1, "no number twice"
    assert promised(directory).items() <= stored.items(), "no promise lost"
    papers = on_paper(directory)
    assert papers.keys() <= stored.keys(), "no slip without a ticket"
    assert set(papers.values()) <= {1}, "no slip twice"
    assert all(job.state.is_final for job in jobs)
    confirmed = {job.ticket_id for job in jobs if job.state is PrintState.CONFIRMED}
    assert confirmed <= papers.keys(), "nothing is called printed that is not"
    assert isinstance(verify(directory / "kiosk.db"), Verified)
    return {job.ticket_id: job.state for job in jobs}


@pytest.mark.parametrize(
    ("point", "state", "slips"),
    [
        ("issue.before_commit", None, 0),
        ("issue.after_commit", PrintState.EXPIRED, 0),
        ("print.marked_sending", PrintState.UNKNOWN, 0),
        ("mid_slip", PrintState.UNKNOWN, 0),
        ("after_cut", PrintState.UNKNOWN, 1),
        ("print.before_verdict", PrintState.UNKNOWN, 1),
    ],
)
def test_killed_between_press_and_paper(tmp_path: Path, point: str, state: PrintState | None, slips: int) -> None:
    directory = tmp_path / "kiosk"
    directory.mkdir()
    with printing_kiosk(directory) as works:
        assert works.heard.verdict(works.issue("before").id) is PrintState.CONFIRMED
    with visitors(directory, 1, fault=point) as child:
        child.communicate(timeout=PATIENCE_S)
        assert child.returncode == -signal.SIGKILL
    states = check_promises(directory)
    assert sorted(states.values()) == sorted([PrintState.CONFIRMED, *([] if state is None else [state])])
    assert on_paper(directory).total() == 1 + slips


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Four lives, each ended while visitors are being served: wherever the machine just was."""
    directory = tmp_path / "kiosk"
    directory.mkdir()
    for life in range(4):
        with visitors(directory, 1000) as child:
            assert child.stdout is not None
            for _ in range(2 + life):
                child.stdout.readline()
            child.kill()
        assert isinstance(verify(directory / "kiosk.db"), Verified)
    assert len(promised(directory)) >= 2 + 3 + 4 + 5
    check_promises(directory)
