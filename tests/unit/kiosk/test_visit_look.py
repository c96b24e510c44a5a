"""What a kiosk that is cut off, or alone, says of a slip: what is on it, if its signature is good; and no more."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.ticket import StopState, TicketId, Wait
from kiosk.domain.token import Claims, build_payload, sign
from kiosk.domain.trust import DeviceFacts, TrustedDevice, TrustList, encode_trust_list, key_id
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from kiosk.errors import StoreDiskError
from kiosk.identity import Identity, new_identity
from kiosk.store.snapshots import TakenFile, keep
from kiosk.sync.visit_wire import StopSeen, VisitSeen, seen, status_of
from kiosk.sync.wire import SnapshotKind
from kiosk.visit_look import VisitLook
from tests.small_hall import MONDAY_10_00, Machine, request, running_kiosk, small_catalogue, small_site

TODAY = date(2026, 11, 23)
AUTHORITY = new_identity()
FROM_PAPER = VisitVerdict.FROM_PAPER
AZERTY = str.maketrans("QAWZM", "AQZW,")
"""What a scanner of the US layout types on such a computer."""


def facts(kiosk: Identity, number: int) -> DeviceFacts:
    return DeviceFacts(kiosk.device_id, "kiosk", kiosk.public_key, f"Anjungan {number}", number, "ABC"[number - 1])


@dataclass
class Kiosk:
    """Number 1 of the small hall; `other` is its number 2."""

    machine: Machine
    other: Identity

    def look(self, text: str, **parts: Any) -> VisitStatus:
        own = facts(self.machine.identity, 1)
        whole = {"authorities": {AUTHORITY.device_id: AUTHORITY.public_key}, "ask": None} | parts
        return VisitLook(self.machine.store, small_site(), small_catalogue(), own, **whole).look_up(text)

    def trust(self, *devices: TrustedDevice, signer: Identity = AUTHORITY, version: int = 1) -> None:
        """The server has handed this list down."""
        raw = encode_trust_list(TrustList("small-hall", devices, {AUTHORITY.device_id: AUTHORITY.public_key}))
        signature = base64.b64encode(bytes(64)).decode()
        file = TakenFile(
            SnapshotKind.TRUST, "small-hall", version, sha256(raw).hexdigest(), signer.device_id, signature, raw
        )
        self.machine.store.call(lambda db: keep(db, (file,), MONDAY_10_00))

    def of_other(self, **changes: Any) -> str:
        """A slip of the other kiosk."""
        claims = Claims(
            key_id=key_id(self.other.public_key),
            site_number=7,
            kiosk_number=2,
            service_day=TODAY,
            queue_number=2,
            series=0,
            number=12,
            minute=600,
            ticket_id=TicketId("0123456789abcdef"),
            service_numbers=(21, 11),
        )
        return sign(build_payload(replace(claims, **changes)), self.other.sign)


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    with running_kiosk(tmp_path) as machine:
        yield Kiosk(machine, new_identity())


def test_alone_a_kiosk_knows_its_own_slips_and_promises_nothing(kiosk: Kiosk) -> None:
    ticket = kiosk.machine.issuing.issue(request("one", "dukcapil.ktp", "polri.skck")).ticket
    status = kiosk.look(ticket.token, authorities={})
    assert status == VisitStatus(
        FROM_PAPER,
        ticket.label,
        TODAY,
        (StopStatus("dukcapil.ktp", StopState.WAITING), StopStatus("polri.skck", StopState.PENDING)),
    )
    assert kiosk.look(kiosk.of_other()).verdict is VisitVerdict.UNKNOWN_KEY


def test_cut_off_it_knows_the_slips_of_all_whom_the_trust_list_names(kiosk: Kiosk) -> None:
    kiosk.trust(TrustedDevice(facts(kiosk.other, 2), TODAY))
    status = kiosk.look(kiosk.of_other())
    assert (status.verdict, status.label) == (FROM_PAPER, "P-012")
    assert [stop.service_id for stop in status.stops] == ["polri.skck", "dukcapil.ktp"]
    own = kiosk.machine.issuing.issue(request("one")).ticket
    assert kiosk.look(own.token).verdict is FROM_PAPER  # also where an older list does not know it yet


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"service_day": TODAY - timedelta(days=1)}, VisitVerdict.OTHER_DAY),
        ({"service_day": TODAY + timedelta(days=1)}, VisitVerdict.REVOKED_KEY),
        ({"site_number": 8}, VisitVerdict.OTHER_SITE),
        ({"kiosk_number": 1}, VisitVerdict.FORGED),
        ({"queue_number": 99}, VisitVerdict.UNKNOWN),
        ({"service_numbers": (99,)}, VisitVerdict.UNKNOWN),
    ],
)
def test_why_a_slip_counts_for_nothing(kiosk: Kiosk, changes: dict[str, Any], verdict: VisitVerdict) -> None:
    yesterday = TODAY - timedelta(days=1)
    kiosk.trust(TrustedDevice(facts(kiosk.other, 2), yesterday, revoked_day=TODAY))
    day = changes["service_day"] if verdict is VisitVerdict.OTHER_DAY else None
    assert kiosk.look(kiosk.of_other(**changes)) == VisitStatus(verdict, service_day=day)


def test_a_list_from_somebody_else_is_not_believed(kiosk: Kiosk) -> None:
    kiosk.trust(TrustedDevice(facts(kiosk.other, 2), TODAY), signer=kiosk.other)
    assert kiosk.look(kiosk.of_other()).verdict is VisitVerdict.UNKNOWN_KEY


def test_a_list_that_shuts_this_kiosk_out_counts_for_its_own_slips_too(kiosk: Kiosk) -> None:
    token = kiosk.machine.issuing.issue(request("one")).ticket.token
    kiosk.trust(TrustedDevice(facts(kiosk.machine.identity, 1), TODAY - timedelta(days=9), TODAY - timedelta(days=1)))
    assert kiosk.look(token).verdict is VisitVerdict.REVOKED_KEY


def test_without_a_trusted_clock_a_later_day_may_be_today(kiosk: Kiosk) -> None:
    kiosk.trust(TrustedDevice(facts(kiosk.other, 2), TODAY))
    kiosk.machine.issuing.issue(request("one"))
    kiosk.machine.clock.jump(datetime(2000, 1, 1, tzinfo=UTC))  # its battery is dead
    assert kiosk.look(kiosk.of_other()).verdict is FROM_PAPER
    assert kiosk.look(kiosk.of_other(service_day=TODAY + timedelta(days=1))).verdict is FROM_PAPER
    assert kiosk.look(kiosk.of_other(service_day=TODAY - timedelta(days=1))).verdict is not FROM_PAPER


def test_a_scanner_on_another_layout_is_read_as_at_a_desk(kiosk: Kiosk) -> None:
    kiosk.trust(TrustedDevice(facts(kiosk.other, 2), TODAY))
    assert kiosk.look(kiosk.of_other().translate(AZERTY)).verdict is FROM_PAPER


@pytest.mark.parametrize("text", ["", "D-045", "8991234567890", "K1." + "A" * 60, "x" * 5000, "\ud83d", "K1.\x00"])
def test_what_is_no_slip_asks_nobody(kiosk: Kiosk, text: str) -> None:
    def ask(_: str) -> VisitSeen | None:
        pytest.fail("somebody was asked")

    assert kiosk.look(text, ask=ask) == VisitStatus(VisitVerdict.UNREADABLE)


def test_the_server_knows_better_and_where_it_is_silent_the_paper_speaks(kiosk: Kiosk) -> None:
    token = kiosk.machine.issuing.issue(request("one")).ticket.token
    told = VisitSeen(
        verdict=VisitVerdict.RETURNED,
        label="D-045",
        service_day=TODAY,
        stops=(StopSeen(service="dukcapil.ktp", state=StopState.WAITING, ahead=3, returned=True),),
    )
    asked: list[str] = []

    def ask(text: str) -> VisitSeen | None:
        asked.append(text)
        return told if len(asked) == 1 else None

    stop = StopStatus("dukcapil.ktp", StopState.WAITING, ahead=3, returned=True)
    assert kiosk.look(token, ask=ask) == VisitStatus(VisitVerdict.RETURNED, "D-045", TODAY, (stop,))
    assert kiosk.look(f"\ud83d{token}", ask=ask).verdict is FROM_PAPER
    assert asked == [token, f"?{token}"]  # nothing that could not be sent


def test_a_disk_that_fails_keeps_nobody_from_an_answer(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    token = kiosk.machine.issuing.issue(request("one")).ticket.token

    def failing(*_: object) -> None:
        raise StoreDiskError("gone")

    monkeypatch.setattr(kiosk.machine.store, "call", failing)
    assert kiosk.look(token).verdict is FROM_PAPER


def _stops() -> st.SearchStrategy[Sequence[StopStatus]]:
    seconds = st.integers(0, 20_000)
    waits = st.none() | st.builds(Wait, seconds, seconds)
    counters = st.none() | st.integers(1, 9999).map(str)
    ahead = st.none() | st.integers(0, 500)
    one = st.builds(StopStatus, st.just("a.b"), st.sampled_from(StopState), ahead, waits, counters, st.booleans())
    return st.lists(one, max_size=4).map(tuple)


@given(st.builds(VisitStatus, st.sampled_from(VisitVerdict), st.just("D-045"), st.none() | st.dates(), _stops()))
def test_what_the_server_says_is_what_the_kiosk_hears(status: VisitStatus) -> None:
    assert status_of(VisitSeen.model_validate_json(seen(status).model_dump_json())) == status
