"""Whether a printer that a technician configured is one that can be printed to, as far as its words tell."""

from collections.abc import Iterator

from kiosk.config import PrinterConfig
from kiosk.errors import Problem, ProfileError
from printing.profile import find_profile
from printing.transports.devices import device_opener


def problems_of(printer: PrinterConfig) -> Iterator[Problem]:
    """Of `device` and `profile`; nothing is connected or made."""
    try:
        device_opener(printer.device)
    except ProfileError as error:
        yield Problem("printer.device", str(error))
    try:
        find_profile(printer.profile)
    except ProfileError as error:
        yield Problem("printer.profile", str(error))
