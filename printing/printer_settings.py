"""Whether a printer that a technician configured is one that can be printed to, as far as its words tell."""

from collections.abc import Iterator

from kiosk.config import PrinterConfig
from kiosk.errors import Problem, ProfileError
from printing.known_profile import AUTO
from printing.profile import find_profile
from printing.transports.devices import device_opener


def problems_of(printer: PrinterConfig) -> Iterator[Problem]:
    """Of the printer and its fallback; nothing is connected or made."""
    for name, device in (("device", printer.device), ("fallback", printer.fallback)):
        try:
            if device is not None:
                device_opener(device)
        except ProfileError as error:
            yield Problem(f"printer.{name}", str(error))
    for name, profile in (("profile", printer.profile), ("fallback_profile", printer.fallback_profile)):
        try:
            if profile != AUTO:
                find_profile(profile)
        except ProfileError as error:
            yield Problem(f"printer.{name}", str(error))
