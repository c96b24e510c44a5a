"""What the spooler makes of a printer's troubles over a socket, and of a power cut: nothing twice, nothing untrue."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from kiosk.domain.print_job import PrintState
from printing.escpos_printer import EscposPrinter
from printing.simulated import SimulatedPrinter
from printing.simulated_tcp import SimulatedTcpPrinter
from printing.slip import SlipRenderer
from printing.spooler import Spooler
from printing.status import Attention, CannotTell, NeedsAttention, Ready, Unreachable
from printing.test_page import render_raster_page
from printing.transports.devices import open_device
from printing.transports.sim import SimTransport
from printing.transports.tcp import TcpTransport
from tests.conftest import Logs
from tests.small_hall import request, running_kiosk, small_catalogue, small_site
from tests.spooling import PROFILE, QUICK, Heard, Works, printing_kiosk

_VICTIM: Final = """
import sys
from pathlib import Path
from tests.spooling import printing_kiosk

with printing_kiosk(Path(sys.argv[1])) as works:
    works.heard.verdict(works.issue("visitor").id)
"""


@contextmanager
def network_kiosk(directory: Path, simulated: SimulatedPrinter, poll_s: float = 60) -> Iterator[Works]:
    with (
        SimulatedTcpPrinter(simulated) as served,
        printing_kiosk(directory, transport=lambda _: open_device(served.address), poll_s=poll_s) as works,
    ):
        yield works


@pytest.fixture
def simulated(tmp_path: Path) -> SimulatedPrinter:
    return SimulatedPrinter(tmp_path / "network-slips")


def test_slip_is_confirmed_over_the_network(tmp_path: Path, simulated: SimulatedPrinter) -> None:
    with network_kiosk(tmp_path, simulated) as works:
        jobs = [works.issue(f"visitor {number}") for number in range(3)]
        assert {works.heard.verdict(job.id) for job in jobs} == {PrintState.CONFIRMED}
    assert len(simulated.slips()) == 3
    assert simulated.problems == ()


def test_paper_out_before_the_slip_fails_it_and_paper_does_not_revive_it(
    tmp_path: Path, simulated: SimulatedPrinter, expected_logs: Logs
) -> None:
    expected_logs("printer_lost")
    simulated.change(paper_mm=0)
    with network_kiosk(tmp_path, simulated) as works:
        assert works.spooler.status == NeedsAttention(Attention.NO_PAPER)
        assert works.heard.verdict(works.issue("first").id) is PrintState.FAILED
        simulated.change(paper_mm=80_000)
        assert works.heard.verdict(works.issue("second").id) is PrintState.CONFIRMED
    assert len(simulated.slips()) == 1


def test_paper_out_in_mid_slip_fails_it(tmp_path: Path, simulated: SimulatedPrinter, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    simulated.change(paper_mm=40)
    with network_kiosk(tmp_path, simulated) as works:
        assert works.heard.verdict(works.issue("visitor").id) is PrintState.FAILED
        works.heard.wait_for(lambda: works.spooler.status == NeedsAttention(Attention.NO_PAPER))
    assert simulated.slips() == ()


def test_opened_cover_is_seen_and_recovered_from(
    tmp_path: Path, simulated: SimulatedPrinter, expected_logs: Logs
) -> None:
    expected_logs("printer_lost")
    with network_kiosk(tmp_path, simulated, poll_s=0.01) as works:
        simulated.change(is_cover_open=True)
        works.heard.wait_for(lambda: works.spooler.status == NeedsAttention(Attention.COVER_OPEN))
        simulated.change(is_cover_open=False)
        works.heard.wait_for(lambda: works.spooler.status == Ready())


def test_refused_connection_fails_the_slip_and_comes_back(
    tmp_path: Path, simulated: SimulatedPrinter, expected_logs: Logs
) -> None:
    expected_logs("printer_lost")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with printing_kiosk(tmp_path, transport=lambda _: TcpTransport("127.0.0.1", port), poll_s=0.05) as works:
        assert isinstance(works.spooler.status, Unreachable)
        assert works.heard.verdict(works.issue("first").id) is PrintState.FAILED
        with SimulatedTcpPrinter(simulated, port=port):
            works.heard.wait_for(lambda: works.spooler.status == Ready())
            assert works.heard.verdict(works.issue("second").id) is PrintState.CONFIRMED
            works.spooler.stop()


@contextmanager
def strange_device(answer: bytes | None) -> Iterator[int]:
    """A port where something listens that is no printer: says `answer` to everything, or nothing at all (None)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        is_over = threading.Event()

        def talk() -> None:
            while not is_over.is_set():
                try:
                    client, _ = listener.accept()
                except TimeoutError:
                    continue
                with client:
                    try:
                        while client.recv(65_536):
                            client.sendall(answer or b"")
                    except ConnectionError:
                        continue

        thread = threading.Thread(target=talk)
        if answer is not None:
            thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            is_over.set()
            if answer is not None:
                thread.join()


@pytest.mark.parametrize(
    "answer", [b"\xff\x00HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 50, b"\x12" * 4], ids=["web", "zeroes", "echo"]
)
def test_slip_is_not_sent_to_what_is_no_printer(tmp_path: Path, answer: bytes, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    with (
        strange_device(answer) as port,
        printing_kiosk(tmp_path, transport=lambda _: TcpTransport("127.0.0.1", port)) as works,
    ):
        assert isinstance(works.spooler.status, Unreachable)
        assert works.heard.verdict(works.issue("visitor").id) is PrintState.FAILED


def test_device_that_never_answers_is_openly_unverified(tmp_path: Path) -> None:
    with (
        strange_device(b"") as port,
        printing_kiosk(tmp_path, transport=lambda _: TcpTransport("127.0.0.1", port)) as works,
    ):
        assert isinstance(works.spooler.status, CannotTell)
        assert works.heard.verdict(works.issue("visitor").id) is PrintState.UNVERIFIED


def test_half_open_printer_that_takes_no_bytes_leaves_the_slip_unknown(tmp_path: Path) -> None:
    """The connection stands, nobody reads: some bytes went out, nobody can say what became of them."""
    endless = b"\x1b@" + b"x" * 30_000_000
    with (
        strange_device(None) as port,
        printing_kiosk(
            tmp_path, transport=lambda _: TcpTransport("127.0.0.1", port), render=lambda *_: endless
        ) as works,
    ):
        assert works.heard.verdict(works.issue("visitor").id) is PrintState.UNKNOWN


def test_printer_held_by_another_host_is_waited_out(
    tmp_path: Path, simulated: SimulatedPrinter, expected_logs: Logs
) -> None:
    expected_logs("printer_lost")
    with SimulatedTcpPrinter(simulated) as served:
        host, _, port = served.address.removeprefix("tcp://").partition(":")
        with printing_kiosk(tmp_path, transport=lambda _: TcpTransport(host, int(port)), poll_s=0.01) as works:
            with socket.create_connection((host, int(port)), timeout=5):
                works.heard.wait_for(lambda: isinstance(works.spooler.status, Unreachable))
            works.heard.wait_for(lambda: works.spooler.status == Ready())


@pytest.mark.parametrize(("point", "slips"), [("mid_slip", 0), ("after_cut", 1)])
def test_power_cut_prints_no_second_slip(tmp_path: Path, point: str, slips: int) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _VICTIM, str(tmp_path)],
        env={**os.environ, "GILIRAN_FAULT": point, "PYTHONPATH": str(Path.cwd())},
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(list((tmp_path / "slips").glob("slip-*.png"))) == slips
    with running_kiosk(tmp_path) as machine:
        assert [job.state for job in machine.jobs.recover()] == [PrintState.UNKNOWN]
        assert machine.jobs.take_next() is None


def test_printer_that_stayed_on_in_a_power_cut_gives_the_next_visitor_a_whole_slip(
    tmp_path: Path, simulated: SimulatedPrinter
) -> None:
    """Half a picture hangs in it: it is filled up and cut off before anybody comes."""
    with printing_kiosk(tmp_path) as works:
        works.spooler.stop()
        works.issue("was being sent")
        works.machine.jobs.take_next()
    simulated.feed(render_raster_page("half", PROFILE)[:5_000])
    with network_kiosk(tmp_path, simulated) as works:
        job = works.issue("next")
        assert works.heard.verdict(job.id) is PrintState.CONFIRMED
        document = SlipRenderer(small_site(), small_catalogue(), PROFILE)(
            works.machine.jobs.ticket(job.ticket_id), 0, PROFILE
        )
    _, whole = simulated.slips()
    assert whole.with_suffix(".bin").read_bytes() == document
    assert simulated.problems == ()


def test_nothing_of_an_earlier_run_prints_when_the_start_was_hindered(
    tmp_path: Path, simulated: SimulatedPrinter, expected_logs: Logs
) -> None:
    """Nothing could be written when the spooler began: what had waited before is expired later, and never printed."""
    expected_logs("spooler_hindered")
    heard = Heard()
    with running_kiosk(tmp_path) as machine:
        queued = machine.issuing.issue(request("was queued")).job
        machine.store.call(lambda db: db.conn.execute("PRAGMA query_only = ON"))
        printer = EscposPrinter(SimTransport(simulated), PROFILE, QUICK)
        slips = SlipRenderer(small_site(), small_catalogue(), PROFILE)
        spooler = Spooler(printer, machine.jobs, slips, heard.job, heard.status, machine.clock)
        spooler.start()
        try:
            heard.wait_for(lambda: bool(heard.statuses))
            machine.store.call(lambda db: db.conn.execute("PRAGMA query_only = OFF"))
            spooler.wake()
            assert heard.verdict(queued.id) is PrintState.EXPIRED
        finally:
            spooler.stop()
    assert simulated.slips() == ()
