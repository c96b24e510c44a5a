"""The printers of one kiosk, put together from its settings: one, or two of which the second stands in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.errors import KioskError, ProfileError, TransportError
from printing.awaited_printer import AwaitedPrinter
from printing.escpos_printer import EscposPrinter
from printing.fallback_printer import FallbackPrinter
from printing.known_profile import AUTO, UNTIL_PROBED, profile_in_force
from printing.printer import Printer, PrinterReport
from printing.profile import Profile, find_profile
from printing.roll import RollBook, roll_file
from printing.rolled_printer import RolledPrinter
from printing.status import Attention, NeedsAttention, PrinterStatus, Ready, Unreachable, in_one_word
from printing.transports.devices import open_device

FIRST: Final = 0
SECOND: Final = 1
_AT_REST: Final = NeedsAttention(Attention.OTHER)


@dataclass(frozen=True, slots=True)
class PrinterPlace:
    """One device, its profile and the roll in it. `trouble`: why the profile that it should have is of no use."""

    device: str
    profile: Profile
    book: RollBook
    printer: Printer
    trouble: ProfileError | None = None


class Printers:
    """`printer` is what the spooler prints on. Raises ProfileError for a first printer that can never be one; trouble
    with the second, or with what was probed of either, keeps no visitor from a ticket.
    """

    def __init__(self, config: KioskConfig, clock: Clock) -> None:
        settings = config.printer
        first = _place(config, settings.device, settings.profile, clock)
        self.places: tuple[PrinterPlace, ...] = (first,)
        self.printer: Printer = RolledPrinter(first.printer, first.book)
        if settings.fallback is not None:
            second = _place(config, settings.fallback, settings.fallback_profile, clock, is_spare=True)
            self.places = (first, second)
            self.printer = FallbackPrinter(self.printer, RolledPrinter(second.printer, second.book), clock)

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """Each once: what slips are drawn for."""
        return tuple(dict.fromkeys(place.profile for place in self.places))

    def reports(self) -> tuple[PrinterReport, ...]:
        """In the order of `places`. Asks nothing; from any thread."""
        return self.printer.reports()

    def confirmed_at(self, place: int) -> datetime | None:
        """When this printer last confirmed a slip."""
        return self.places[place].book.confirmed_at

    def is_paper_low(self, place: int) -> bool:
        """By the roll's book, or by the printer's own word."""
        return self.places[place].book.is_low or self.reports()[place].status == Ready(paper_low=True)

    def new_roll(self, place: int) -> None:
        """A person put a whole roll in, and says so."""
        self.places[place].book.new_roll()

    def facts(self, now: PrinterStatus) -> PrinterFacts:
        """For the log, and for who looks after many kiosks. `now`: what the kiosk goes by, which may have put the one
        in use at rest though that calls itself ready.
        """
        reports = self.reports()
        used = next((place for place, report in enumerate(reports) if report.is_in_use), FIRST)
        words = [in_one_word(report.status) for report in reports]
        if now == _AT_REST:
            words[used] = in_one_word(now)
        return PrinterFacts(
            printer=words[FIRST],
            fallback=words[SECOND] if len(words) > 1 else None,
            in_use="second" if used == SECOND else "first",
            confirmation=reports[used].confirmation.value,
            slips_left=reports[used].slips_left,
            is_paper_low=self.is_paper_low(used),
        )

    def remarks(self, now: PrinterStatus) -> tuple[str, ...]:
        """What a technician far away should know, one sentence each; nothing while all is well."""
        reports, facts = self.reports(), self.facts(now)
        said = [f"Probe {place.device} again: {place.trouble}" for place in self.places if place.trouble is not None]
        if facts.in_use == "second":
            said.append(f"The second printer is in use: the first is {facts.printer}.")
        elif isinstance(reports[-1].status, NeedsAttention | Unreachable) and facts.fallback is not None:
            said.append(f"The second printer could not take over: it is {facts.fallback}.")
        for place, report in enumerate(reports):
            if self.is_paper_low(place):
                left = "" if report.slips_left is None else f", about {report.slips_left} slips are left"
                said.append(f"Paper is low in {report.device}{left}.")
        return tuple(said)


def _place(config: KioskConfig, device: str, setting: str, clock: Clock, *, is_spare: bool = False) -> PrinterPlace:
    trouble: ProfileError | None = None
    try:
        profile = profile_in_force(setting, device, config.data_dir)
    except ProfileError as error:
        # What was probed is no setting of anybody's: a damaged disk, or a program older than the one that probed.
        if not is_spare and setting != AUTO:
            raise
        profile, trouble = find_profile(UNTIL_PROBED), error
    absence = KioskError if is_spare or trouble is not None else TransportError

    def make() -> Printer:
        if trouble is not None:
            raise trouble
        return EscposPrinter(open_device(device, profile), profile, device=device)

    book = RollBook(roll_file(device, config.data_dir), config.printer.roll_m, clock)
    return PrinterPlace(device, profile, book, AwaitedPrinter(device, profile.name, make, absence), trouble)
