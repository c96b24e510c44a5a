"""How the printers fare, as visitors and technicians read it."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.print_job import PrintState
from kiosk.domain.screens import Screen
from kiosk.sync.status import SyncState, SyncStatus
from printing.known_profile import probed_file
from printing.simulated import SimulatedPrinter
from printing.status import Attention, NeedsAttention, PrinterStatus, Ready, Unreachable
from tests.conftest import Logs
from tests.ui.conftest import KioskUnderTest, Start
from tests.ui.lost_slips import copies, let_be_read, logged, lose_slip, reads, take_ticket


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (NeedsAttention(Attention.NO_PAPER), "Kertas tiket sedang habis."),
        (NeedsAttention(Attention.COVER_OPEN), "Penutup pencetak sedang terbuka."),
        (NeedsAttention(Attention.CUTTER), "Pencetak sedang macet."),
        (NeedsAttention(Attention.OVERHEATED), "Pencetak sedang terlalu panas."),
        (NeedsAttention(Attention.OTHER), "Pencetak sedang terganggu."),
        (Unreachable("no answer"), "Pencetak sedang tidak terhubung."),
    ],
)
def test_the_printers_trouble_is_known_before_anything_is_chosen(
    kiosk: KioskUnderTest, status: PrinterStatus, words: str
) -> None:
    kiosk.attendant.on_printer_status(status)
    instead = "Tiket Anda akan tampil di layar untuk difoto."
    assert reads(kiosk, f"{words} {instead} Mohon beri tahu petugas.")
    kiosk.attendant.on_sync(SyncStatus(SyncState.ONLINE))
    assert reads(kiosk, f"{words} {instead} Petugas sedang diberi tahu."), "only where somebody hears of it"
    kiosk.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    assert reads(kiosk, f"{words} {instead}")
    kiosk.attendant.on_printer_status(Ready())
    assert not reads(kiosk, words)


def test_a_printer_that_cannot_confirm_says_so(kiosk: KioskUnderTest) -> None:
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    job = kiosk.state.session.job
    assert job is not None
    kiosk.attendant.on_job(replace(job, state=PrintState.UNVERIFIED))
    assert reads(kiosk, "pencetak ini tidak dapat memastikan")
    let_be_read(kiosk)
    kiosk.driver.touch("reprintButton")
    kiosk.wait_until(lambda: copies(kiosk) == 1, "the copy")


def test_the_second_printer_takes_over_and_the_technician_reads_it(
    start: Start, tmp_path: Path, expected_logs: Logs
) -> None:
    expected_logs("printer_fallback_used")
    kiosk = start(fallback=f"sim:{tmp_path / 'spare'}", is_cover_open=True)
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    kiosk.wait_until(lambda: kiosk.state.is_paper_out, "the slip")
    assert kiosk.printer.slips() == ()
    assert len(SimulatedPrinter(tmp_path / "spare").slips()) == 1
    let_be_read(kiosk)
    kiosk.driver.touch("finishButton")
    kiosk.wait_for(Screen.ATTRACT)
    assert not kiosk.state.is_printer_in_trouble
    kiosk.attendant.open_technician()
    kiosk.wait_until(lambda: bool(kiosk.state.technician_rows), "the report")
    rows = {(row.group, row.name): row for row in kiosk.application.view_model.view.technician_rows}
    assert rows["Printer", "Keadaan"].value == "penutup terbuka"
    assert rows["Printer", "Dipakai"].value == "digantikan printer kedua"
    assert rows["Printer kedua", "Dipakai"].value == "menggantikan printer pertama"
    assert rows["Printer kedua", "Kepastian tiket"].value == "printer memastikan tiap tiket"
    assert rows["Printer kedua", "Terakhir dipastikan"].value != "-"
    assert kiosk.application.machine is not None
    machine = kiosk.application.machine
    assert any("second printer is in use" in each for each in machine._details()), "the server hears of it"
    kiosk.wait_until(lambda: logged(kiosk, "kiosk.status") > 0, "the event")


def test_the_technician_says_that_new_paper_is_in(kiosk: KioskUnderTest) -> None:
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    let_be_read(kiosk)
    kiosk.driver.touch("finishButton")
    kiosk.wait_for(Screen.ATTRACT)
    kiosk.attendant.change_roll(0)
    kiosk.attendant.open_technician()
    kiosk.driver.wait_for_item("closeTechnicianButton")

    def paper_left() -> str:
        return next((row.value for row in kiosk.application.view_model.view.technician_rows if row.roll_of == 0), "")

    kiosk.wait_until(lambda: paper_left() == "belum diketahui", "a roll that nobody saw begin")
    kiosk.driver.touch("changeRoll_0")
    kiosk.wait_until(lambda: paper_left().startswith("± "), "the estimate")


def test_a_probed_profile_that_the_disk_has_damaged_stops_the_printer_and_not_the_kiosk(
    start: Start, tmp_path: Path, expected_logs: Logs
) -> None:
    expected_logs("printer_lost")
    file = probed_file(f"sim:{tmp_path / 'slips'}", tmp_path / "data")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\0" * 512)
    kiosk = start()
    lose_slip(kiosk)
    assert reads(kiosk, "Pencetak sedang tidak terhubung.")
    assert kiosk.driver.find("ticketQr") is not None
    assert kiosk.printer.slips() == ()
    assert kiosk.application.machine is not None
    assert file.name in repr(kiosk.application.machine.spooler.status), "who stands before it reads why"
    assert any(file.name in each for each in kiosk.application.machine._details()), "and who looks after many"


def test_nobody_is_said_to_know_of_a_slip_that_is_only_late(kiosk: KioskUnderTest) -> None:
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    job = kiosk.state.session.job
    assert job is not None
    kiosk.attendant.on_sync(SyncStatus(SyncState.ONLINE))
    kiosk.attendant.on_job(replace(job, state=PrintState.SENDING))
    kiosk.pass_time(11)
    kiosk.wait_for(Screen.PRINTER_TROUBLE)
    assert reads(kiosk, "Tiket mungkin belum keluar, tetapi nomor Anda sudah tersimpan.")
    assert reads(kiosk, "Mohon beri tahu petugas.")
    kiosk.attendant.on_printer_status(NeedsAttention(Attention.COVER_OPEN))
    assert reads(kiosk, "Petugas sedang diberi tahu.")
