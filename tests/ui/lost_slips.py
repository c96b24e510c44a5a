"""What the tests of paper that did not come have in common: how it is lost, and what is read then."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import zxingcpp
from PIL import Image

from kiosk.domain.print_job import PrintState
from kiosk.domain.screens import Screen
from tests.ui.conftest import KioskUnderTest

LOST_ID = "dukcapil.ktp-hilang"


def take_ticket(kiosk: KioskUnderTest) -> None:
    """By finger, all the way."""
    kiosk.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.driver.touch(f"popular_{LOST_ID}")
    kiosk.wait_for(Screen.SERVICE)
    kiosk.driver.touch("takeTicketButton")
    kiosk.wait_for(Screen.PRIORITY)
    kiosk.driver.touch("priorityNo")


def lose_slip(kiosk: KioskUnderTest) -> None:
    """A ticket whose slip certainly did not come: the printer is stopped."""
    kiosk.wait_until(lambda: kiosk.state.is_printer_in_trouble, "the printer's trouble")
    take_ticket(kiosk)
    kiosk.wait_for(Screen.PRINTER_TROUBLE)
    kiosk.wait_until(lambda: kiosk.state.is_paper_missing, "the verdict")


def become_unknown(kiosk: KioskUnderTest) -> None:
    """As if nobody could say what became of the newest slip."""
    kiosk.wait_for(Screen.TICKET)
    job = kiosk.state.session.job
    assert job is not None
    kiosk.attendant.on_job(replace(job, state=PrintState.UNKNOWN))
    kiosk.driver.wait_for_item("paperCameButton")


def let_be_read(kiosk: KioskUnderTest) -> None:
    kiosk.pass_time(1)


def copies(kiosk: KioskUnderTest) -> int:
    return kiosk.state.session.job.copy if kiosk.state.session.job else 0


def logged(kiosk: KioskUnderTest, kind: str) -> int:
    return sum(f'"{kind}"' in str(raw) for (raw,) in kiosk.stored("SELECT raw FROM events"))


def with_code(slips: Sequence[Path]) -> int:
    """How many of them an officer could scan."""
    return sum(len(zxingcpp.read_barcodes(Image.open(slip).convert("L"))) for slip in slips)


def reads(kiosk: KioskUnderTest, words: str) -> bool:
    return any(words in text for text in kiosk.driver.texts())
