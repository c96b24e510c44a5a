"""The machine's own account of itself, for the technician's corner. Reads disk and store: for a worker thread."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from kiosk.config import KioskConfig
from kiosk.domain.language import Text
from kiosk.errors import KioskError
from kiosk.store.log import backlog
from kiosk.sync.status import SyncState, SyncStatus
from kiosk.version import VERSION
from ui.technician.printer_rows import printer_rows
from ui.technician.rows import Level, TechnicianRow
from ui.technician.trouble import explained

if TYPE_CHECKING:
    from ui.machine import Machine

_MACHINE: Final = Text("Mesin", "Machine")
_SYNC: Final = Text("Sinkronisasi", "Sync")
_DATA: Final = Text("Data", "Data")
_LINK: Final = Text("Hubungan", "Connection")
_NUMBERS: Final = Text("Nomor", "Numbers")

_OF_SYNC: Final[Mapping[SyncState, tuple[Text, Level]]] = {
    SyncState.CONNECTING: (Text("sedang menghubungi", "connecting"), Level.WARNING),
    SyncState.ONLINE: (Text("terhubung", "online"), Level.OK),
    SyncState.OFFLINE: (Text("terputus", "offline"), Level.WARNING),
    SyncState.REFUSED: (Text("ditolak server", "refused by the server"), Level.ERROR),
    SyncState.ALARM: (Text("harus diperiksa", "needs a person"), Level.ERROR),
}
_LITTLE_DISK: Final = 500 * 2**20
_MUCH_UNSENT: Final = 500


def report(machine: "Machine") -> Sequence[TechnicianRow]:
    site, catalogue = machine.hall.site, machine.hall.catalogue
    reading = machine.store.clock.read()
    local = reading.at.astimezone(site.timezone)
    unsent = machine.store.call(backlog)
    clock_level = Level.OK if reading.is_trusted else Level.ERROR
    unsent_level = Level.WARNING if unsent.count > _MUCH_UNSENT else Level.OK
    services = len(catalogue.services)
    edition = catalogue.version[:12]
    return (
        *_machine_rows(machine.config),
        TechnicianRow(Text("Identitas", "Identity"), _MACHINE, machine.identity.device_id),
        TechnicianRow(Text("Jam", "Clock"), _MACHINE, f"{local:%Y-%m-%d %H:%M}", clock_level),
        *printer_rows(machine.printers, machine.spooler.status, site.timezone),
        _sync_row(machine.sync.status if machine.sync else None, site.timezone),
        _numbers_row(machine),
        TechnicianRow(Text("Server", "Server"), _SYNC, machine.config.sync.server or "-"),
        TechnicianRow(Text("Belum terkirim", "Not sent yet"), _SYNC, str(unsent.count), unsent_level),
        TechnicianRow(Text("Tertua belum terkirim", "Oldest not sent"), _SYNC, _moment(unsent.oldest, site.timezone)),
        TechnicianRow(Text("Lokasi", "Hall"), _DATA, site.id, Level.WARNING if site.is_demonstration else Level.FACT),
        TechnicianRow(
            Text("Katalog", "Catalogue"),
            _DATA,
            Text(f"{services} layanan, {edition}", f"{services} services, {edition}"),
        ),
        *_handed_down_rows(machine),
        *_restored_rows(machine),
        _disk_row(machine.config),
    )


def trouble_report(config: KioskConfig, trouble: KioskError | None) -> Sequence[TechnicianRow]:
    """When the machine could not be put together."""
    return (*_machine_rows(config), *((trouble_row(trouble),) if trouble else ()))


def trouble_row(trouble: KioskError) -> TechnicianRow:
    return TechnicianRow(Text("Gangguan", "Trouble"), _MACHINE, explained(trouble), Level.ERROR)


def _machine_rows(config: KioskConfig) -> Sequence[TechnicianRow]:
    return (
        TechnicianRow(Text("Nama", "Name"), _MACHINE, f"{config.name} ({config.letter})"),
        TechnicianRow(Text("Versi", "Version"), _MACHINE, VERSION),
    )


def _sync_row(status: SyncStatus | None, timezone: tzinfo) -> TechnicianRow:
    if status is None:
        return TechnicianRow(_LINK, _SYNC, Text("mesin ini berdiri sendiri", "this machine stands alone"))
    state, level = _OF_SYNC[status.state]
    more = f", {_moment(status.last_contact, timezone)} {status.detail}".rstrip()
    return TechnicianRow(_LINK, _SYNC, Text(state.id + more, state.en + more), level)


def _numbers_row(machine: "Machine") -> TechnicianRow:
    """Whose numbers the slips carry, and why."""
    letter = machine.config.letter
    if machine.config.sync.server is None:
        return TechnicianRow(_NUMBERS, _SYNC, Text("mesin ini sendiri, tanpa huruf", "this machine's own, no letter"))
    why = machine.sync.numbers_trouble if machine.sync else ""
    if machine.sync and not why:
        return TechnicianRow(_NUMBERS, _SYNC, Text("urutan bersama dari server", "shared, from the server"), Level.OK)
    own = Text(f"urutan sendiri, berhuruf {letter}. {why}".rstrip(), f"own series, letter {letter}. {why}".rstrip())
    return TechnicianRow(_NUMBERS, _SYNC, own, Level.WARNING)


def _handed_down_rows(machine: "Machine") -> Iterator[TechnicianRow]:
    """Only where files that came down from the server are not all in force."""
    name = Text("Berkas dari server", "Files from the server")
    if machine.data.refused is not None:
        why = str(machine.data.refused)
        value = Text(f"ditolak, yang lama tetap berlaku. {why}", f"refused, the old ones stay in force. {why}")
        yield TechnicianRow(name, _DATA, value, Level.ERROR)
    if machine.data.waiting_for:
        letters = ", ".join(sorted(machine.data.waiting_for))
        value = Text(
            f"berkas loket baru berlaku besok: {letters} masih di tiket hari ini",
            f"the new hall's file waits for tomorrow: {letters} on today's tickets",
        )
        yield TechnicianRow(name, _DATA, value, Level.WARNING)


def _restored_rows(machine: "Machine") -> Iterator[TechnicianRow]:
    """docs/operations.md says what to do."""
    if machine.store.was_restored:
        value = Text(
            "dipulihkan dari salinan lama; nomor memakai seri baru",
            "put back from an older copy; its numbers use a new series",
        )
        yield TechnicianRow(Text("Diska", "Disk"), _DATA, value, Level.WARNING)


def _disk_row(config: KioskConfig) -> TechnicianRow:
    try:
        free = shutil.disk_usage(config.data_dir).free
    except OSError as error:
        return TechnicianRow(Text("Ruang bebas", "Free space"), _DATA, error.strerror or str(error), Level.ERROR)
    level = Level.OK if free > _LITTLE_DISK else Level.ERROR
    return TechnicianRow(Text("Ruang bebas", "Free space"), _DATA, f"{free // 2**20} MB", level)


def _moment(at: datetime | None, timezone: tzinfo) -> str:
    return "-" if at is None else f"{at.astimezone(timezone):%Y-%m-%d %H:%M}"
