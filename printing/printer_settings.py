"""Whether a printer that a technician configured is one that can be printed to, as far as its words tell."""

from collections.abc import Iterator
from pathlib import Path

from kiosk.config import PrinterConfig
from kiosk.errors import Problem, ProfileError
from printing.known_profile import AUTO, profile_in_force
from printing.transports.devices import device_opener


def problems_of(printer: PrinterConfig, data_dir: Path) -> Iterator[Problem]:
    """Of the printer and its fallback; nothing is connected or made. What was probed of them in `data_dir` is no
    setting: where that is broken, the kiosk starts all the same, and says so of the printer.
    """
    for name, device in (("device", printer.device), ("fallback", printer.fallback)):
        try:
            if device is not None:
                device_opener(device)
        except ProfileError as error:
            yield Problem(f"printer.{name}", str(error))
    if printer.fallback == printer.device:
        yield Problem("printer.fallback", f"{printer.device!r} is the first printer: leave it out, or name another")
    for name, profile, device in (
        ("profile", printer.profile, printer.device),
        ("fallback_profile", printer.fallback_profile, printer.fallback or ""),
    ):
        try:
            if profile != AUTO:
                profile_in_force(profile, device, data_dir)
        except ProfileError as error:
            yield Problem(f"printer.{name}", str(error))
