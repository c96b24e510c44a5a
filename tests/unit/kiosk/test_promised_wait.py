"""What the hall says of its queues, and what a kiosk promises, shows and refuses by it."""

from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, SyncConfig
from kiosk.domain.availability import ClosedReason
from kiosk.domain.language import Language
from kiosk.domain.numbering import OwnSeriesOnly
from kiosk.domain.ticket import Wait
from kiosk.domain.wait import QueueOutlook
from kiosk.domain.wording import wait_range, wait_sentence
from kiosk.hall_outlook import FRESH_S, HallOutlook
from kiosk.issuing import IssueRefused, Issuing, Refusal
from kiosk.store.tickets import find_ticket
from kiosk.store.verify import Verified, verify
from tests.small_hall import (
    MONDAY_10_00,
    Machine,
    request,
    running_kiosk,
    small_catalogue,
    small_site,
)

KEYS = map(str, count())
TODAY: date = MONDAY_10_00.date()
TOLD = {"D": QueueOutlook(7, Wait(1200, 2100), Wait(300, 600), Wait(240, 480))}


def heard_by(machine: Machine, outlook: HallOutlook) -> Issuing:
    parts = (machine.store, small_site(), small_catalogue(), machine.identity, KioskConfig(), machine.clock)
    return Issuing(*parts, OwnSeriesOnly(), outlook)


@pytest.mark.parametrize(
    ("wait", "indonesian", "english"),
    [
        (Wait(1200, 2100), "20-35 menit", "20-35 minutes"),
        (Wait(0, 300), "paling lama 5 menit", "5 minutes at most"),
        (Wait(0, 60), "paling lama 1 menit", "1 minute at most"),
        (Wait(600, 600), "sekitar 10 menit", "about 10 minutes"),
        (None, "belum bisa diperkirakan", "cannot be estimated yet"),
    ],
)
def test_a_wait_in_words(wait: Wait | None, indonesian: str, english: str) -> None:
    assert wait_range(wait, Language.INDONESIAN) == indonesian
    assert wait_range(wait, Language.ENGLISH) == english


def test_a_wait_as_a_sentence() -> None:
    assert wait_sentence(Wait(1200, 2100), Language.INDONESIAN) == "Perkiraan tunggu 20-35 menit"
    assert wait_sentence(None, Language.INDONESIAN) == "Lama tunggu belum bisa diperkirakan"


def test_what_was_said_is_believed_for_a_minute_and_for_its_day() -> None:
    clock = FakeClock(MONDAY_10_00)
    outlook = HallOutlook(clock)
    assert outlook.queues(TODAY) == {}

    outlook.hear(TODAY, TOLD)
    assert outlook.queues(TODAY) == TOLD
    assert outlook.queues(TODAY + timedelta(days=1)) == {}

    clock.advance(timedelta(seconds=FRESH_S - 1))
    assert outlook.queues(TODAY) == TOLD
    clock.advance(timedelta(seconds=2))
    assert outlook.queues(TODAY) == {}


def test_what_this_kiosk_gave_since_is_added_to_what_the_hall_counted() -> None:
    clock = FakeClock(MONDAY_10_00)
    outlook = HallOutlook(clock)
    outlook.hear(TODAY, TOLD)

    outlook.gave(frozenset({"D"}))
    assert outlook.people_ahead(TODAY) == {"D": 8}

    clock.advance(timedelta(seconds=2))
    outlook.hear(TODAY, TOLD)
    assert outlook.people_ahead(TODAY) == {"D": 7}


def test_an_unknown_wait_is_said_to_be_so_as_soon_as_there_is_a_server(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        outlook = HallOutlook(machine.clock)
        alone = heard_by(machine, outlook)
        assert not alone.is_in_a_hall
        parts = (machine.store, small_site(), small_catalogue(), machine.identity)
        served = KioskConfig(sync=SyncConfig(server="http://127.0.0.1:9"))
        assert Issuing(*parts, served, machine.clock, OwnSeriesOnly()).is_in_a_hall
        outlook.hear(TODAY, {})
        assert alone.is_in_a_hall, "somebody has spoken, though he knows nothing yet"


def test_a_ticket_keeps_what_it_was_promised(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        outlook = HallOutlook(machine.clock)
        issuing = heard_by(machine, outlook)
        before = issuing.issue(request(next(KEYS), "dukcapil.ktp")).ticket
        machine.clock.advance(timedelta(seconds=2))  # the server has heard of it
        outlook.hear(TODAY, TOLD)
        ordinary = issuing.issue(request(next(KEYS), "dukcapil.ktp")).ticket
        priority = issuing.issue(request(next(KEYS), "dukcapil.ktp", is_priority=True)).ticket

        assert [each.promise_of(each.stops[0]) for each in (before, ordinary, priority)] == [
            None, Wait(1200, 2100), Wait(300, 600),
        ]  # fmt: skip
        assert (ordinary.people_ahead, priority.people_ahead) == ((7,), (8,))
        assert machine.store.call(lambda db: find_ticket(db, ordinary.id)) == ordinary
        assert isinstance(verify(machine.store.path), Verified)


def test_a_queue_that_the_hall_has_closed_gives_no_number_and_says_why(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        outlook = HallOutlook(machine.clock)
        issuing = heard_by(machine, outlook)
        outlook.hear(TODAY, {"D": QueueOutlook(3, is_closed=True)})
        machine.clock.advance(timedelta(minutes=10))  # and then the server is away

        with pytest.raises(IssueRefused) as refused:
            issuing.issue(request(next(KEYS), "dukcapil.ktp"))

        assert refused.value.reason is Refusal.CLOSED
        assert refused.value.closed is not None
        assert refused.value.closed.reason is ClosedReason.CLOSED_BY_HALL
        assert refused.value.closed.sentence.id == "Loket tidak menerima antrean baru hari ini."
        assert issuing.outlooks()["D"].is_closed

        outlook.hear(TODAY, {"D": QueueOutlook(3)})
        assert issuing.issue(request(next(KEYS), "dukcapil.ktp")).ticket.people_ahead == (3,)
