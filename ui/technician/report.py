"""The machine's own account of itself, for the technician's corner. Reads disk and store: for a worker thread."""

import shutil
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from kiosk.config import KioskConfig
from kiosk.errors import KioskError
from kiosk.store.log import backlog
from kiosk.sync.status import SyncState, SyncStatus
from kiosk.version import VERSION
from printing.status import CannotTell, NeedsAttention, PrinterStatus, Ready, Unreachable
from ui.technician.rows import TechnicianRow

if TYPE_CHECKING:
    from ui.machine import Machine

_LEVEL_OF_SYNC: Final = {
    SyncState.CONNECTING: "warning",
    SyncState.ONLINE: "ok",
    SyncState.OFFLINE: "warning",
    SyncState.REFUSED: "error",
    SyncState.ALARM: "error",
}
_LITTLE_DISK: Final = 500 * 2**20
_MUCH_UNSENT: Final = 500


def report(machine: "Machine") -> Sequence[TechnicianRow]:
    site, catalogue = machine.hall.site, machine.hall.catalogue
    reading = machine.store.clock.read()
    local = reading.at.astimezone(site.timezone)
    unsent = machine.store.call(backlog)
    return (
        *_machine_rows(machine.config),
        TechnicianRow("Identitas", "Mesin", machine.identity.device_id),
        TechnicianRow("Jam", "Mesin", f"{local:%Y-%m-%d %H:%M}", "ok" if reading.is_trusted else "error"),
        _printer_row(machine.spooler.status),
        TechnicianRow("Perangkat", "Printer", f"{machine.config.printer.device}, {machine.profile.name}"),
        _sync_row(machine.sync.status if machine.sync else None),
        TechnicianRow("Server", "Sinkronisasi", machine.config.sync.server or "-"),
        TechnicianRow(
            "Belum terkirim", "Sinkronisasi", str(unsent.count), "warning" if unsent.count > _MUCH_UNSENT else "ok"
        ),
        TechnicianRow("Tertua belum terkirim", "Sinkronisasi", _moment(unsent.oldest)),
        TechnicianRow("Lokasi", "Data", site.id, "warning" if site.is_demonstration else "ok"),
        TechnicianRow("Katalog", "Data", f"{len(catalogue.services)} layanan, {catalogue.version[:12]}"),
        _disk_row(machine.config),
    )


def trouble_report(config: KioskConfig, trouble: KioskError | None) -> Sequence[TechnicianRow]:
    """When the machine could not be put together."""
    return (*_machine_rows(config), TechnicianRow("Gangguan", "Mesin", str(trouble or ""), "error"))


def _machine_rows(config: KioskConfig) -> Sequence[TechnicianRow]:
    return (
        TechnicianRow("Nama", "Mesin", f"{config.name} ({config.letter})"),
        TechnicianRow("Versi", "Mesin", VERSION),
    )


def _printer_row(status: PrinterStatus) -> TechnicianRow:
    match status:
        case Ready(paper_low=True):
            return TechnicianRow("Keadaan", "Printer", "kertas hampir habis", "warning")
        case Ready():
            return TechnicianRow("Keadaan", "Printer", "siap")
        case NeedsAttention(reason):
            return TechnicianRow("Keadaan", "Printer", reason.value, "error")
        case Unreachable(detail):
            return TechnicianRow("Keadaan", "Printer", detail, "error")
        case CannotTell(detail):
            return TechnicianRow("Keadaan", "Printer", detail, "warning")


def _sync_row(status: SyncStatus | None) -> TechnicianRow:
    if status is None:
        return TechnicianRow("Hubungan", "Sinkronisasi", "mesin ini berdiri sendiri")
    contact = f"{status.state.value}, {_moment(status.last_contact)} {status.detail}"
    return TechnicianRow("Hubungan", "Sinkronisasi", contact.strip(), _LEVEL_OF_SYNC[status.state])


def _disk_row(config: KioskConfig) -> TechnicianRow:
    free = shutil.disk_usage(config.data_dir).free
    return TechnicianRow("Ruang bebas", "Data", f"{free // 2**20} MB", "ok" if free > _LITTLE_DISK else "error")


def _moment(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
