"""Which profile a configured printer has: a shipped one by name, a file, or what a probe found out of it."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from printing.profile import Profile, Renderer, find_profile, load_profile

AUTO: Final = "auto"
UNTIL_PROBED: Final = "generic-80mm"
FILE_ENDING: Final = ".toml"

_SLOW_LINE: Final = 38_400
"""Baud up to which a slip goes in the printer's own letters: a drawn one would take over 20 s."""

_USUAL_BAUD: Final = "9600"
"""Of a serial line whose address names none."""


def profile_in_force(setting: str, device: str, data_dir: Path) -> Profile:
    """The profile that `setting` names for `device`: AUTO, a shipped profile, or the path of a file. Raises
    ProfileError.
    """
    if setting.endswith(FILE_ENDING):
        return load_profile(Path(setting))
    if setting != AUTO:
        return find_profile(setting)
    probed = probed_file(device, data_dir)
    if probed.is_file():
        return load_profile(probed)
    return replace(find_profile(UNTIL_PROBED), renderer=renderer_for(device))


def renderer_for(device: str) -> Renderer:
    """Who draws the letters, where nobody has said: the printer, on a slow serial line."""
    return Renderer.TEXT if is_slow_line(device) else Renderer.RASTER


def is_slow_line(device: str) -> bool:
    """Whether `device` is a serial line of at most 38,400 baud. An address that cannot be read is none."""
    baud = _baud(device)
    return baud is not None and baud <= _SLOW_LINE


def carries_pictures(device: str) -> bool:
    """Whether a drawn slip can be out before it is given up: not on serial lines below 38,400 baud."""
    baud = _baud(device)
    return baud is None or baud >= _SLOW_LINE


def _baud(device: str) -> int | None:
    """None where it is no serial line, or an address that cannot be read."""
    if not device.startswith("serial:"):
        return None
    (baud,) = parse_qs(urlsplit(device).query).get("baud", [_USUAL_BAUD])[-1:]
    return int(baud) if baud.isdecimal() else None


def probed_file(device: str, data_dir: Path) -> Path:
    """Where `giliran printer probe` leaves what it found out of `device`."""
    return data_dir / "printers" / f"{slug(device)}{FILE_ENDING}"


def slug(device: str) -> str:
    """A device's address, or a printer's name, as part of a file's name."""
    return re.sub("[^A-Za-z0-9]+", "-", device).strip("-")
