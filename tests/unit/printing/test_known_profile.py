"""Which profile a printer is driven by: named, in a file, probed, or the usual one until then."""

from pathlib import Path

import pytest

from kiosk.config import PrinterConfig, load_config
from kiosk.errors import ProfileError
from printing.known_profile import probed_file, profile_in_force
from printing.printer_settings import problems_of
from printing.profile import Renderer, find_profile

DEVICE = "tcp://192.0.2.7:9100"
SHIPPED = Path("printing/profiles.toml").read_text(encoding="utf-8")
ONE = "[x]" + SHIPPED.partition("[generic-58mm]")[2]


def test_auto_is_what_was_probed_and_until_then_the_usual_printer(tmp_path: Path) -> None:
    assert profile_in_force("auto", DEVICE, tmp_path) == find_profile("generic-80mm")
    file = probed_file(DEVICE, tmp_path)
    file.parent.mkdir()
    file.write_text(ONE)
    assert (profile_in_force("auto", DEVICE, tmp_path).name, profile_in_force("auto", DEVICE, tmp_path).dots) == (
        "x",
        384,
    )
    assert profile_in_force("auto", "tcp://192.0.2.8:9100", tmp_path).name == "generic-80mm"
    assert profile_in_force("generic-80mm-512", DEVICE, tmp_path).dots == 512


@pytest.mark.parametrize(
    ("device", "renderer"),
    [
        ("serial:/dev/ttyUSB0?baud=9600", Renderer.TEXT),
        ("serial:/dev/ttyUSB0", Renderer.TEXT),
        ("serial:/dev/ttyUSB0?flow=dtr&baud=38400", Renderer.TEXT),
        ("serial:/dev/ttyUSB0?baud=115200", Renderer.RASTER),
        ("serial:/dev/ttyUSB0?baud=fast", Renderer.RASTER),
        (DEVICE, Renderer.RASTER),
        ("usb:04b8:0202", Renderer.RASTER),
    ],
)
def test_slow_lines_carry_the_printers_own_letters(tmp_path: Path, device: str, renderer: Renderer) -> None:
    assert profile_in_force("auto", device, tmp_path).renderer is renderer


def test_a_file_may_be_named_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(ONE)
    config = tmp_path / "kiosk.toml"
    config.write_text('printer.profile = "mine.toml"\nprinter.fallback = "sim:other"\n')
    printer = load_config(config).printer
    assert (printer.profile, printer.fallback) == (str(tmp_path / "mine.toml"), f"sim:{tmp_path / 'other'}")
    assert profile_in_force(printer.profile, DEVICE, tmp_path).dots == 384


def test_two_printers_in_one_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(SHIPPED)
    with pytest.raises(ProfileError, match="must hold the table of one printer, not of 3"):
        profile_in_force(str(tmp_path / "two.toml"), DEVICE, tmp_path)


def test_everything_wrong_with_both_printers_is_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(ONE.replace("dots = 384", "dots = 8"))
    printer = PrinterConfig(DEVICE, str(file), fallback="moon:1", fallback_profile=str(tmp_path / "no.toml"))
    problems = [str(problem) for problem in problems_of(printer, tmp_path)]
    assert [problem.partition(":")[0] for problem in problems] == [
        "printer.fallback",
        "printer.profile",
        "printer.fallback_profile",
    ]
    assert "x.dots: Input should be greater" in problems[1]
    assert "no.toml cannot be read" in problems[2]


def test_a_broken_probed_profile_is_no_wrong_setting(tmp_path: Path) -> None:
    """A kiosk that would not start for it would give nobody a number; who asks for the printer hears of it."""
    file = probed_file(DEVICE, tmp_path)
    file.parent.mkdir()
    file.write_text(ONE.replace("dots = 384", "dots = 8"))
    assert list(problems_of(PrinterConfig(DEVICE), tmp_path)) == []
    with pytest.raises(ProfileError, match="dots: Input should be greater"):
        profile_in_force("auto", DEVICE, tmp_path)


def test_a_printer_does_not_stand_in_for_itself(tmp_path: Path) -> None:
    (problem,) = problems_of(PrinterConfig(DEVICE, fallback=DEVICE), tmp_path)
    assert str(problem).startswith("printer.fallback: ")


def test_sources_are_of_fields_that_there_are(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(f'{ONE}\n[x.sources]\ndots = "probed"\ncolour = "stated by hand"\n')
    with pytest.raises(ProfileError, match="sources are named for fields that there are not: colour"):
        profile_in_force(str(file), DEVICE, tmp_path)
