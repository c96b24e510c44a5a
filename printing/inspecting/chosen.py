"""Which printers a command means: the one it names, or those of a kiosk's settings."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from kiosk.config import KioskConfig, load_config
from kiosk.errors import KioskError, ProfileError, StoreLockedError, TransportError
from kiosk.lock import LOCK_NAME, FolderLock
from printing.escpos_printer import EscposPrinter
from printing.known_profile import AUTO, FILE_ENDING, profile_in_force, slug
from printing.printer import Printer
from printing.printer_settings import problems_of
from printing.profile import Profile
from printing.roll import RollBook, roll_file
from printing.rolled_printer import RolledPrinter
from printing.transports.devices import open_device
from printing.transports.transport import Transport

T = TypeVar("T")

_OPEN_S: Final = 3.0

_HERE: Final = Path()
_USUAL_CONFIG: Final = Path("kiosk.toml")


class PrinterTakenError(KioskError):
    """A kiosk is running, and its printer has one master."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """`driver` is the printer itself; `printer` the same, and what it prints is written in its roll's book. `role`:
    "first" or "second" of a kiosk, or "" for a printer of its own.
    """

    device: str
    role: str
    profile: Profile
    transport: Transport
    driver: EscposPrinter
    printer: Printer
    book: RollBook | None

    def ask(self, question: Callable[[Transport], T]) -> T | None:
        """One conversation beside the driver's own. None where the printer went away."""
        try:
            self.transport.open(_OPEN_S)
            return question(self.transport)
        except TransportError:
            return None
        finally:
            self.transport.close()


@dataclass(frozen=True, slots=True)
class Choice:
    """`device` None: those of the settings, of kiosk.toml in this folder where no file is named. `profile` None: what
    the settings say; for a printer without settings, the file that a probe left in this folder, or AUTO.
    """

    device: str | None
    profile: str | None
    config_file: Path | None

    def __post_init__(self) -> None:
        if self.device is None and self.config_file is None:
            if not _USUAL_CONFIG.is_file():
                raise ProfileError(
                    "Name a printer, such as tcp://192.0.2.7:9100, or the settings of a kiosk: --config FILE."
                )
            object.__setattr__(self, "config_file", _USUAL_CONFIG)

    @contextmanager
    def taken(self) -> Iterator[tuple[Chosen, ...]]:
        """The printers, while no kiosk of these settings can start. Raises PrinterTakenError where it runs, else
        ProfileError, TransportError or DataFileError.
        """
        if self.config_file is None:
            device = self.device or ""
            with _let_go_of((_chosen(device, self.profile or _probed_here(device), "", _HERE, None),)) as printers:
                yield printers
            return
        config = self._config(self.config_file)
        lock = lock_kiosk(config)
        try:
            chosen = tuple(
                _chosen(device, self.profile or setting, role, config.data_dir, config.printer.roll_m)
                for device, setting, role in self._devices(config)
            )
            with _let_go_of(chosen) as printers:
                yield printers
        finally:
            if lock is not None:
                lock.release()

    def books(self) -> tuple[tuple[str, str, RollBook], ...]:
        """Device, role and book of each printer, beside a kiosk that runs. Raises DataFileError."""
        if self.config_file is None:
            return ()
        config = self._config(self.config_file)
        return tuple(
            (device, role, RollBook(roll_file(device, config.data_dir), config.printer.roll_m))
            for device, _, role in self._devices(config)
        )

    def _devices(self, config: KioskConfig) -> Iterator[tuple[str, str, str]]:
        """Device, setting of its profile, role."""
        of_config = [(config.printer.device, config.printer.profile, "first")]
        if config.printer.fallback is not None:
            of_config.append((config.printer.fallback, config.printer.fallback_profile, "second"))
        if self.device is None:
            yield from of_config
        else:
            device = _absolute(self.device)
            yield next((known for known in of_config if known[0] == device), (device, AUTO, ""))

    def _config(self, file: Path) -> KioskConfig:
        return load_config(file, lambda config: problems_of(config.printer, config.data_dir))


def _probed_here(device: str) -> str:
    """What `giliran printer probe` without settings leaves."""
    file = Path(f"printer-{slug(device)}{FILE_ENDING}")
    return str(file) if file.is_file() else AUTO


def _absolute(device: str) -> str:
    """As the settings have it, for the folder of a simulated printer."""
    kind, _, folder = device.partition(":")
    return f"sim:{Path(folder).absolute()}" if kind == "sim" and folder else device


def lock_kiosk(config: KioskConfig) -> FolderLock | None:
    """Held, the kiosk of these settings cannot start. None where none ever ran. Raises KioskError."""
    if not (config.data_dir / LOCK_NAME).is_file():
        return None
    try:
        return FolderLock(config.data_dir)
    except StoreLockedError as error:
        raise PrinterTakenError(
            f"{config.name} is running and has its printers to itself: look at its technician's corner, or stop it"
            " first."
        ) from error
    except OSError as error:
        raise KioskError(
            f"Whether {config.name} is running cannot be told, because {config.data_dir} is closed to this user:"
            " run this as the kiosk's own user."
        ) from error


@contextmanager
def _let_go_of(printers: tuple[Chosen, ...]) -> Iterator[tuple[Chosen, ...]]:
    """Their books are kept then, too."""
    try:
        yield printers
    finally:
        for chosen in printers:
            chosen.printer.close()


def _chosen(device: str, setting: str, role: str, data_dir: Path, roll_m: float | None) -> Chosen:
    profile = profile_in_force(setting, device, data_dir)
    transport = open_device(device, profile)
    driver = EscposPrinter(transport, profile, device=device)
    book = None if roll_m is None else RollBook(roll_file(device, data_dir), roll_m)
    # A file of another user's would be lost to the kiosk: then the paper of a test page is not counted.
    printer = driver if book is None or not _is_own(data_dir) else RolledPrinter(driver, book)
    return Chosen(device, role, profile, transport, driver, printer, book)


def _is_own(folder: Path) -> bool:
    return folder.is_dir() and (sys.platform == "win32" or folder.stat().st_uid == os.geteuid())
