"""Whose numbers a whole machine prints, what it tells its server of itself, and what its technician reads."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, PrinterConfig, SyncConfig
from kiosk.domain.language import Language
from kiosk.domain.ticket import IssueRequest
from kiosk.identity import load_or_create_identity
from kiosk.issuing import Issued
from printing.simulated import SimulatedPrinter
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, Ready, Unreachable, in_one_word
from server.devices import DeviceRecord
from server.enrolment import enrol
from server.run import Server
from server.settings import Role, ServerSettings
from ui.machine import Machine
from ui.sample_hall import SAMPLE_SITE_ID, write_sample_hall
from ui.technician.report import report
from ui.technician.rows import Level, TechnicianLine

MONDAY_MORNING = datetime(2026, 11, 23, 3, tzinfo=UTC)
PATIENCE_S = 20.0


@contextmanager
def machine_at(folder: Path, server_url: str | None, *, started: bool) -> Iterator[Machine]:
    config = KioskConfig(
        letter="K",
        data_dir=folder / "kiosk",
        witness_dir=folder / "witness",
        site=write_sample_hall(folder / "site.json"),
        printer=PrinterConfig(device=f"sim:{folder / 'slips'}"),
        sync=SyncConfig(server=server_url),
    )
    machine = Machine(config, FakeClock(MONDAY_MORNING), lambda _: None, lambda _: None)
    if started:
        machine.start()
    try:
        yield machine
    finally:
        if not started:
            machine.spooler.start()  # it can only be stopped at work
        machine.close()


def issue(machine: Machine, session_key: str) -> str:
    wish = IssueRequest(session_key, (machine.hall.popular[0].id,), is_priority=False, language=Language.INDONESIAN)
    issued = machine.machinery.issue(wish)
    assert isinstance(issued, Issued)
    return issued.ticket.label


def numbers_line(machine: Machine, language: Language = Language.ENGLISH) -> TechnicianLine:
    lines = [row.in_language(language) for row in report(machine)]
    return next(line for line in lines if line.name in {"Numbers", "Nomor"})


def wait_until(holds: Callable[[], bool]) -> None:
    never = threading.Event()
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        never.wait(0.01)


def test_a_machine_alone_prints_its_own_numbers_without_a_letter(tmp_path: Path) -> None:
    with machine_at(tmp_path, None, started=True) as machine:
        assert issue(machine, "one").endswith("-001")
        assert numbers_line(machine).value == "this machine's own, no letter"


def test_a_machine_that_is_still_starting_asks_nobody(tmp_path: Path) -> None:
    with machine_at(tmp_path, "http://127.0.0.1:9", started=False) as machine:
        assert issue(machine, "one").endswith("-001K")
        line = numbers_line(machine)
        assert (line.value, line.level) == ("own series, letter K.", Level.WARNING)


def test_a_machine_with_a_server_prints_its_numbers_and_says_how_the_printer_fares(tmp_path: Path) -> None:
    (tmp_path / "kiosk").mkdir()
    identity = load_or_create_identity(tmp_path / "kiosk")
    device = DeviceRecord(identity.device_id, identity.public_key, SAMPLE_SITE_ID, 1, "K", "Anjungan 1")
    enrol(tmp_path / "server", device)
    SimulatedPrinter(tmp_path / "slips").change(paper_mm=2_000)
    settings = ServerSettings(Role.SITE, tmp_path / "server")
    with (
        Server(settings, clock=FakeClock(MONDAY_MORNING)) as server,
        machine_at(tmp_path, server.url, started=True) as machine,
    ):
        engine = machine.sync
        assert engine is not None
        wait_until(lambda: not engine.numbers_trouble)
        assert issue(machine, "one").endswith("-001")
        line = numbers_line(machine, Language.INDONESIAN)
        assert (line.value, line.level) == ("urutan bersama dari server", Level.OK)

        def printer_told() -> str:
            contact = server.node.contacts.last(SAMPLE_SITE_ID, identity.device_id)
            return contact.health.printer if contact and contact.health else ""

        wait_until(lambda: printer_told() == "paper_low")


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Ready(), "ready"),
        (Ready(paper_low=True), "paper_low"),
        (NeedsAttention(Attention.COVER_OPEN), "cover_open"),
        (Unreachable("no route"), "unreachable"),
        (CannotTell("write-only"), "cannot_tell"),
    ],
)
def test_a_printers_state_in_one_word(status: PrinterStatus, word: str) -> None:
    assert in_one_word(status) == word


def test_technician_reads_that_a_disk_came_back_and_that_files_were_refused(
    tmp_path: Path, expected_logs: Callable[..., None]
) -> None:
    expected_logs("disk_restored", "data_file_refused")
    for _ in range(2):
        with machine_at(tmp_path, None, started=False) as machine:
            assert {line.name for line in lines(machine)} & {"Disk", "Files from the server"} == set()
        if not (tmp_path / "older.db").exists():
            shutil.copy(tmp_path / "kiosk" / "kiosk.db", tmp_path / "older.db")
    shutil.copy(tmp_path / "older.db", tmp_path / "kiosk" / "kiosk.db")
    config = KioskConfig(
        letter="K",
        data_dir=tmp_path / "kiosk",
        witness_dir=tmp_path / "witness",
        site=tmp_path / "torn.json",
        printer=PrinterConfig(device=f"sim:{tmp_path / 'slips'}"),
    )
    (tmp_path / "torn.json").write_bytes((tmp_path / "site.json").read_bytes()[:1000])
    machine = Machine(config, FakeClock(MONDAY_MORNING), lambda _: None, lambda _: None)
    machine.spooler.start()
    try:
        said = {line.name: line for line in lines(machine)}
    finally:
        machine.close()
    assert "older copy" in said["Disk"].value
    assert said["Files from the server"].level == Level.ERROR
    assert "torn.json" in said["Files from the server"].value


def lines(machine: Machine) -> list[TechnicianLine]:
    return [row.in_language(Language.ENGLISH) for row in report(machine)]
