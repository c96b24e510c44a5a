"""`giliran printer probe` on a printer in another process that nobody here has seen, and the kiosk's driver after it.

R14: an identity may lie. What was probed wins.
"""

from pathlib import Path
from typing import Final, NamedTuple

import pytest
from click.testing import CliRunner, Result

from giliran import main
from kiosk.domain.print_job import PrintState
from printing.escpos_parser import parse
from printing.escpos_printer import EscposPrinter
from printing.known_profile import probed_file, profile_in_force
from printing.probing import slip_trial
from printing.profile import Confirmation, Source, load_profile, load_sources
from printing.test_page import render_text_page
from printing.transports.devices import open_device
from tests.emulated_printer import EmulatedPrinter, emulated_printer

SEEN: Final = "width=576,letters=4,cut=partial"
SPEED_MM_S: Final = 450
"""Faster than nearly every printer, and slow enough to be believed."""

AT_ONCE: Final = (b"\x10\x05", b"\x10\x14")
"""`DLE ENQ` and `DLE DC4`, which act wherever they stand."""

ASKED_AND_PRINTED: Final = {
    *("DLE EOT", "GS r", "GS I", "GS a", "GS ( H"),
    *("ESC @", "ESC t", "ESC E", "ESC G", "ESC a", "ESC J", "GS !", "GS v 0", "GS V", "text", "LF"),
}


def probed(printer: EmulatedPrinter, folder: Path, *words: str) -> tuple[Result, Path]:
    """The printer of a kiosk whose settings lie in `folder`, and where its profile is to be."""
    config = folder / "kiosk.toml"
    config.write_text(f'printer.device = "{address(printer)}"\n')
    words = ("printer", "probe", "--config", str(config), "--answers", SEEN, *words)
    return CliRunner().invoke(main, words), probed_file(address(printer), folder / "data")


def address(printer: EmulatedPrinter) -> str:
    return f"{printer.url}?baud=115200" if printer.url.startswith("serial:") else printer.url


def verdict_after(printer: EmulatedPrinter, folder: Path) -> PrintState:
    """What that kiosk then says of a slip."""
    device = address(printer)
    profile = profile_in_force("auto", device, folder / "data")
    driver = EscposPrinter(open_device(device, profile), profile, device=device)
    driver.status()
    return driver.print(render_text_page, 1).state


class Row(NamedTuple):
    """What a model is, and what it must be found to be."""

    model: str
    rung: Confirmation
    state: PrintState
    words: str = ""
    options: tuple[str, ...] = ()


LIE: Final = "which has a head of 512 dots, and the slip shows 576"
ROWS: Final = (
    Row("epson", Confirmation.PROCESS_ID, PrintState.CONFIRMED),
    Row("slow", Confirmation.PROCESS_ID, PrintState.CONFIRMED),
    Row("clone", Confirmation.FENCE, PrintState.CONFIRMED, LIE),
    Row("liar", Confirmation.STATUS, PrintState.UNVERIFIED, "sooner than paper can move"),
    Row("mute", Confirmation.NONE, PrintState.UNVERIFIED, "answers nothing", ("--write-only",)),
)


@pytest.mark.parametrize(
    ("listen", "row"),
    [*((listen, row) for row in ROWS for listen in ("tcp", "pty")), ("lp", ROWS[0])],
    ids=lambda value: value.model if isinstance(value, Row) else value,
)
def test_r14_what_was_probed_is_true_and_the_kiosk_confirms_or_says_that_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listen: str, row: Row
) -> None:
    if row.model == "liar":  # on a busy machine even its answer takes a while
        monkeypatch.setattr(slip_trial, "FASTEST_MM_PER_S", 100.0)
    with emulated_printer(listen, row.model, out=tmp_path / "paper", speed=SPEED_MM_S) as printer:
        result, file = probed(printer, tmp_path, *row.options)
        assert (result.exit_code, row.words in result.output) == (0, True), result.output
        printer.wait_for_paper("slip", 1)
        assert not any(word in printer.received() for word in AT_ONCE)
        assert {command.name for command in parse(printer.received())} <= ASKED_AND_PRINTED
        profile, sources = load_profile(file), load_sources(file)
        assert (profile.dots, profile.confirmation, sources["confirmation"]) == (576, row.rung, Source.PROBED)
        assert (row.words == LIE) <= (Source.MODEL_TABLE not in sources.values())
        assert verdict_after(printer, tmp_path) is row.state
        printer.wait_for_paper("slip", 2)
        assert printer.fragments() == ()


def test_unknown_letters_of_the_last_request_do_not_come_out_on_the_next_slip(tmp_path: Path) -> None:
    with emulated_printer("tcp", "clone", out=tmp_path / "paper", speed=SPEED_MM_S) as printer:
        probed(printer, tmp_path)
        received = printer.received()
        after_cut = received[received.rindex(b"\x1dV\x01") + 3 :]
        assert (b"\x1d(H" in after_cut, after_cut.count(b"\n")) == (True, 0)
        assert after_cut.rindex(b"\x1b@") > after_cut.index(b"\x1d(H")


def test_a_mute_device_that_nobody_vouches_for_gets_one_question_twice(tmp_path: Path) -> None:
    with emulated_printer("tcp", "mute", out=tmp_path / "paper") as printer:
        result, file = probed(printer, tmp_path)
        assert (result.exit_code, file.exists(), printer.received()) == (1, False, b"\x10\x04\x01" * 2)
        assert "perhaps another program or kiosk holds its port" in result.output


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ("paper 0", "It is stopped: load paper"),
        ("cover open", "It is stopped: close the cover"),
        ("paper 60", "In the middle of the slip it has stopped: load paper"),
    ],
)
def test_a_stopped_printer_says_what_to_do(tmp_path: Path, trouble: str, sentence: str) -> None:
    with emulated_printer("tcp", "epson", out=tmp_path / "paper", speed=SPEED_MM_S) as printer:
        printer.tell(trouble)
        result, file = probed(printer, tmp_path)
        assert (result.exit_code, file.exists(), sentence in result.output) == (1, False, True), result.output


def test_an_empty_line_at_a_wrong_speed_is_no_printer(tmp_path: Path) -> None:
    with emulated_printer("tcp", "epson", out=tmp_path / "paper") as printer:
        printer.tell("noise on")
        result, file = probed(printer, tmp_path)
        assert (result.exit_code, file.exists()) == (1, False)
        assert "is no receipt printer, or speaks at another speed" in result.output
        assert printer.received() == b"\x10\x04\x01" * 2


def test_a_printer_that_is_switched_off_in_the_slip_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slip_trial, "_PATIENCE_S", 1.0)
    monkeypatch.setattr(slip_trial, "_SLOWEST_MM_PER_S", SPEED_MM_S)
    away = '[[fault]]\nat_byte = 9000\ndo = "power off"\n'
    with emulated_printer("tcp", "epson", out=tmp_path / "paper", script=away, speed=SPEED_MM_S) as printer:
        result, file = probed(printer, tmp_path)
        assert (result.exit_code, file.exists()) == (1, False), result.output
        assert "fell silent" in result.output or "hung up" in result.output
