"""Which profile a configured printer has: a shipped one by name, or what a technician's probe found out of it."""

import re
from pathlib import Path
from typing import Final

from printing.profile import Profile, find_profile, load_profiles

AUTO: Final = "auto"
UNTIL_PROBED: Final = "generic-80mm"


def profile_in_force(setting: str, device: str, data_dir: Path) -> Profile:
    """The profile that `setting` names for `device`. Raises ProfileError."""
    if setting != AUTO:
        return find_profile(setting)
    probed = probed_file(device, data_dir)
    if probed.is_file():
        (profile,) = load_profiles(probed).values()
        return profile
    return find_profile(UNTIL_PROBED)


def probed_file(device: str, data_dir: Path) -> Path:
    """Where `giliran printer probe` leaves what it found out of `device`."""
    return data_dir / "printers" / f"{re.sub('[^A-Za-z0-9]+', '-', device).strip('-')}.toml"
