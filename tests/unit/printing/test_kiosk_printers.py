"""The printers of a kiosk: there, not there yet, and what is told of them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, PrinterConfig
from kiosk.domain.language import Text
from kiosk.domain.print_job import PrintState
from kiosk.errors import ProfileError, TransportError
from printing.awaited_printer import AwaitedPrinter
from printing.kiosk_printers import FIRST, SECOND, Printers
from printing.noted_printer import NotedPrinter
from printing.profile import Profile
from printing.simulated import SimulatedPrinter
from printing.status import Attention, NeedsAttention, PrinterStatus, Ready, Unreachable
from ui.technician.printer_rows import printer_rows

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SLIP = b"\x1b@A-001\n\n\n\n\x1dV\x01"


def printers(folder: Path, fallback: str | None = None, fallback_profile: str = "auto", device: str = "") -> Printers:
    device = device or f"sim:{folder / 'slips'}"
    settings = PrinterConfig(device=device, fallback=fallback, fallback_profile=fallback_profile)
    return Printers(KioskConfig(data_dir=folder / "data", printer=settings), FakeClock(NOW))


def draw(_profile: Profile) -> bytes:
    return SLIP


def slips(folder: Path) -> int:
    return len(SimulatedPrinter(folder).slips())


def test_a_device_that_is_not_there_is_unreachable_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "slips").write_text("no folder")
    both = printers(tmp_path)
    assert isinstance(both.printer.status(), Unreachable)
    verdict = both.printer.print(draw, 1)
    assert (verdict.state, verdict.paper_mm) == (PrintState.FAILED, 0)
    [report] = both.reports()
    assert isinstance(report.status, Unreachable)
    both.printer.expect_fragment()
    (tmp_path / "slips").unlink()
    assert both.printer.status() == Ready()
    assert both.reports()[FIRST].status == Ready()
    both.printer.close()


def test_who_comes_back_learns_of_the_fragment_in_it(tmp_path: Path) -> None:
    told: list[str] = []

    class Told(NotedPrinter):
        def expect_fragment(self) -> None:
            told.append("fragment")

    there = Told(printers(tmp_path).printer, lambda: None)
    is_plugged_in = False

    def make() -> Told:
        if not is_plugged_in:
            raise TransportError("unplugged")
        return there

    printer = AwaitedPrinter("usb:1:2", "generic-80mm", make)
    printer.expect_fragment()
    assert printer.status() == Unreachable("unplugged")
    assert told == []
    is_plugged_in = True
    printer.status()
    printer.status()
    assert told == ["fragment"]
    printer.close()


@pytest.mark.parametrize(("device", "profile"), [("nonsense:x", "auto"), ("sim:spare", "no-such-profile")])
def test_trouble_with_the_second_keeps_nobody_from_a_ticket(tmp_path: Path, device: str, profile: str) -> None:
    both = printers(tmp_path, device, profile)
    assert both.printer.status() == Ready()
    assert both.printer.print(draw, 1).state is not PrintState.FAILED
    assert slips(tmp_path / "slips") == 1
    assert isinstance(both.reports()[SECOND].status, Unreachable)
    assert any("could not take over" in remark for remark in both.remarks(Ready()))
    both.printer.close()


def test_a_first_printer_that_can_never_be_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileError):
        printers(tmp_path, device="nonsense:x").printer.status()


def test_facts_tell_which_prints_and_when_one_is_at_rest(tmp_path: Path) -> None:
    both = printers(tmp_path, f"sim:{tmp_path / 'spare'}")
    both.printer.status()
    facts = both.facts(Ready())
    assert (facts.printer, facts.fallback, facts.in_use) == ("ready", "ready", "first")
    assert both.facts(NeedsAttention(Attention.OTHER)).printer == "other"
    assert both.remarks(Ready()) == ()
    both.printer.close()


def test_a_new_roll_is_counted_down_and_low_paper_is_told(tmp_path: Path) -> None:
    SimulatedPrinter(tmp_path / "slips").change(paper_mm=2_000)
    both = printers(tmp_path)
    both.printer.status()
    assert both.facts(Ready()).is_paper_low, "by the printer's own sensor"
    assert any(remark.startswith("Paper is low in sim:") for remark in both.remarks(Ready()))
    SimulatedPrinter(tmp_path / "slips").change(paper_mm=80_000)
    both.printer.status()
    both.new_roll(FIRST)
    both.printer.print(draw, 1)
    left = both.facts(Ready()).slips_left
    assert left is not None
    assert left > 100
    assert not both.facts(Ready()).is_paper_low
    both.printer.close()


def test_profiles_are_told_once_each(tmp_path: Path) -> None:
    assert len(printers(tmp_path, f"sim:{tmp_path / 'spare'}").profiles) == 1
    assert len(printers(tmp_path, f"sim:{tmp_path / 'spare'}", "generic-58mm").profiles) == 2


def test_whatever_may_have_changed_is_noted(tmp_path: Path) -> None:
    said: list[PrinterStatus] = []
    inner = printers(tmp_path).printer
    noted = NotedPrinter(inner, lambda: said.append(inner.reports()[FIRST].status))
    noted.status()
    noted.print(draw, 1)
    noted.expect_fragment()
    noted.close()
    assert said == [Ready(), Ready()]
    assert noted.reports() == inner.reports()


def test_an_empty_roll_is_to_be_changed_now_and_a_low_one_in_a_quiet_minute(tmp_path: Path) -> None:
    both = printers(tmp_path)
    both.new_roll(FIRST)
    told = []
    for paper_mm in (2_000, 0):
        SimulatedPrinter(tmp_path / "slips").change(paper_mm=paper_mm)
        both.printer.status()
        [roll] = (row for row in printer_rows(both, Ready(), UTC) if row.roll_of == FIRST)
        told.append((roll.value.id if isinstance(roll.value, Text) else roll.value).partition("; ")[2])
    assert told == ["ganti selagi sepi", "ganti sekarang"]
    both.printer.close()
