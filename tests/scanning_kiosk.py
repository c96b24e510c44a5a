"""A kiosk with a scanner, and somebody in the place of its server who answers as the test says."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt

from kiosk.domain.screens import Screen
from kiosk.domain.ticket import StopState, Wait
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from tests.scanner_hand import ScannerHand
from tests.ui.conftest import KioskUnderTest

KEY = Qt.Key
TOKEN = "K1.ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
OTHER_TOKEN = "K1.234567ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOST_ID = "dukcapil.ktp-hilang"
LOST_REPORT = "polda.lapor-hilang"
WAITING = VisitStatus(
    VisitVerdict.FOUND, "D-045", stops=(StopStatus(LOST_ID, StopState.WAITING, ahead=4, wait=Wait(1200, 2100)),)
)
CALLED = VisitStatus(
    VisitVerdict.FOUND, "D-046", stops=(StopStatus(LOST_ID, StopState.CALLED, counter="5"),), service_day=None
)
RETURNED = VisitStatus(
    VisitVerdict.RETURNED, "D-047", stops=(StopStatus(LOST_ID, StopState.WAITING, ahead=3, returned=True),)
)
FORGED = VisitStatus(VisitVerdict.FORGED)
YESTERDAY = VisitStatus(VisitVerdict.OTHER_DAY, "D-048", date(2026, 11, 22))


Answers = Callable[[str], VisitStatus]


class ScanningKiosk:
    """A kiosk with a scanner, and somebody in the place of its server who answers as told."""

    def __init__(self, kiosk: KioskUnderTest) -> None:
        self.kiosk = kiosk
        self.driver = kiosk.driver
        self.asked: list[str] = []
        self.answers: dict[str, VisitStatus] = {TOKEN: WAITING, OTHER_TOKEN: CALLED}
        self.look_up: Answers = self._answer
        """What answers from now on."""
        application = kiosk.application
        assert application.machine is not None
        application.machine.machinery.look_up = self._ask
        self.hand = ScannerHand(application.window, application.scanner, kiosk.wait_until)

    def scan(self, text: str = TOKEN, *ends: Qt.Key) -> None:
        self.hand.scan(text, *(ends or (KEY.Key_Return,)))

    def shows(self, headline: str) -> None:
        self.kiosk.wait_for(Screen.YOUR_VISIT)
        self.kiosk.wait_until(lambda: self.reads("yourHeadline") == headline, headline)

    def reads(self, name: str) -> str:
        item = self.driver.find(name)
        return "" if item is None else str(item.property("text"))

    def has(self, name: str) -> bool:
        self.driver.settle()
        return self.driver.find(name) is not None

    def _ask(self, text: str) -> VisitStatus:
        return self.look_up(text)

    def _answer(self, text: str) -> VisitStatus:
        self.asked.append(text)
        return self.answers.get(text, VisitStatus(VisitVerdict.UNREADABLE))
