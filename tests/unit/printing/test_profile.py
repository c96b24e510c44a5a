"""Printers as data: what ships is complete, what is wrong is named."""

from pathlib import Path

import pytest

from kiosk.errors import ProfileError
from printing.profile import find_profile, load_profiles

GOOD = Path("printing/profiles.toml")


def test_shipped_profiles_are_complete() -> None:
    profiles = load_profiles()
    widths = {name: profile.dots for name, profile in profiles.items()}
    assert widths == {"generic-58mm": 384, "generic-80mm": 576, "generic-80mm-512": 512}
    assert all(profile.provenance for profile in profiles.values())
    assert [name for name, profile in profiles.items() if profile.is_compact] == ["generic-58mm"]


def test_unknown_profile_lists_those_there_are() -> None:
    with pytest.raises(ProfileError, match="no printer profile is called epson; choose one of generic-58mm, generic-"):
        find_profile("epson")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("dots = 576", "dots = 570"), "generic-80mm.dots"),
        (("columns = 48", "columns = 60"), "60 columns of 12 dots do not fit in 576 dots"),
        (("dots = 576", 'dots = 576\ncolour = "red"'), "generic-80mm.colour"),
        (('code_page = "cp437"', 'code_page = "utf-8"'), "code_page is one of cp437, cp850, cp858, cp1252, not utf-8"),
        (('cutter = "partial"', 'cutter = "laser"'), "generic-80mm.cutter"),
        (("[generic-80mm]", "[generic-80mm"), "cannot be read"),
    ],
)
def test_broken_profiles_are_refused_with_a_reason(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(GOOD.read_text().replace(*change))
    with pytest.raises(ProfileError, match=sentence):
        load_profiles(file)
