"""Signing in at a desk of a real server: who gets in, who waits, what a guesser learns, what is written down."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from kiosk.clock import FakeClock
from kiosk.domain.events import Event, decode
from kiosk.sync.desk_wire import SEAL_PATH, SIGN_IN_PATH, SIGN_OUT_PATH, Refusal, Role, Seal, SignIn, SignOut
from kiosk.sync.wire import DeviceKind
from server.database import milliseconds
from server.enrolment import revoke
from server.run import Server
from server.schema import events, staff
from server.staff import NOBODY, PinHasher, reset_account, unlock_account
from server.staff_sessions import LASTS_MS, end_old_sessions, session_of
from tests.paired_desk import PIN, PIN_HASH, PairedDesk, add_officer, paired_desk
from tests.paired_kiosk import SITE, site_server

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
WRONG = "739164"
OWN = "905174"

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock) -> Iterator[Server]:
    with site_server(tmp_path, clock=clock) as server:
        add_officer(server)
        yield server


@pytest.fixture
def desk(server: Server) -> Iterator[PairedDesk]:
    desk = paired_desk(server)
    yield desk
    desk.close()


def told(server: Server, *types: str) -> Sequence[Event]:
    with server.node.database.reading() as connection:
        raws = connection.execute(
            select(events.c.raw).where(events.c.origin == server.node.identity.device_id).order_by(events.c.sequence)
        ).scalars()
        all_of_them = [decode(bytes(raw)) for raw in raws]
    return [event for event in all_of_them if isinstance(event, Event) and event.type in types]


def who(server: Server, desk: PairedDesk) -> Any:
    with server.node.database.reading() as connection:
        now_ms = milliseconds(server.node.clock.now())
        return session_of(connection, SITE, desk.device_id, desk.session, now_ms)


def guess(desk: PairedDesk, times: int, staff_id: str = "P-017", pin: str = WRONG) -> Sequence[Refusal | None]:
    return [desk.try_pin(staff_id, pin).refusal for _ in range(times)]


def test_an_officer_signs_in_and_out(server: Server, desk: PairedDesk) -> None:
    answer = desk.try_pin(counter=3)
    assert answer.signed_in is not None
    assert (answer.signed_in.staff, answer.signed_in.role, answer.signed_in.counter) == ("P-017", Role.OFFICER, 3)
    officer = who(server, desk)
    assert (officer.staff, officer.role, officer.counter) == ("P-017", Role.OFFICER, 3)
    assert desk.sign_out().refusal is None
    assert who(server, desk) is Refusal.SIGNED_OUT
    assert desk.sign_out().refusal is None
    body = {"officer": "P-017", "device_id": desk.device_id, "counter": 3}
    both = told(server, "staff.signed_in", "staff.signed_out")
    assert [(event.type, event.body) for event in both] == [("staff.signed_in", body), ("staff.signed_out", body)]


def test_a_wrong_pin_and_nobody_look_alike(desk: PairedDesk) -> None:
    wrong, nobody = desk.try_pin(pin=WRONG), desk.try_pin("P-999", WRONG)
    assert wrong.refusal is Refusal.WRONG_PIN
    assert wrong == nobody


def test_a_session_is_of_its_desk_alone(server: Server, desk: PairedDesk) -> None:
    desk.sign_in()
    other = paired_desk(server, "Loket 2")
    other.session = desk.session
    assert who(server, other) is Refusal.SIGNED_OUT
    other.sign_out()
    other.close()
    assert who(server, desk) is not Refusal.SIGNED_OUT


def test_five_free_tries_then_waits_that_double_then_the_lock(
    server: Server, desk: PairedDesk, clock: FakeClock, expected_logs: Any
) -> None:
    expected_logs("staff_locked")
    assert guess(desk, 5) == [Refusal.WRONG_PIN] * 5
    waits = [15 * 2**step for step in range(10)]
    for wait_s in waits[:-1]:
        answer = desk.try_pin()
        assert (answer.refusal, answer.wait_s) == (Refusal.WAIT, wait_s), "the right PIN waits too"
        clock.advance(timedelta(seconds=wait_s - 1))
        assert desk.try_pin().wait_s == 1
        clock.advance(timedelta(seconds=1))
        assert guess(desk, 1) == [Refusal.WRONG_PIN]
    clock.advance(timedelta(seconds=waits[-1]))
    assert guess(desk, 1) == [Refusal.LOCKED]
    clock.advance(timedelta(days=1))
    assert desk.try_pin().refusal is Refusal.LOCKED
    (locked,) = told(server, "staff.locked")
    assert locked.body == {"officer": "P-017", "by": None}


def test_success_begins_the_count_anew(desk: PairedDesk) -> None:
    for _ in range(3):
        assert guess(desk, 4) == [Refusal.WRONG_PIN] * 4
        desk.sign_in()


def test_a_restart_forgets_no_wrong_pin(tmp_path: Path, clock: FakeClock) -> None:
    with site_server(tmp_path, clock=clock) as server:
        add_officer(server)
        desk = paired_desk(server)
        guess(desk, 5)
        desk.close()
    with site_server(tmp_path, clock=clock) as again:
        back = PairedDesk(again, desk.identity)
        assert (back.try_pin().refusal, back.try_pin().wait_s) == (Refusal.WAIT, 15)
        back.close()
        other = paired_desk(again, "Loket 2")
        assert other.try_pin().refusal is Refusal.WAIT, "the account waits at every desk"
        other.close()


def test_the_desk_waits_whoever_is_guessed_at(server: Server, desk: PairedDesk) -> None:
    for number in range(5):
        add_officer(server, f"P-10{number}")
    assert [desk.try_pin(f"P-10{number}", WRONG).refusal for number in range(5)] == [Refusal.WRONG_PIN] * 5
    assert desk.try_pin().refusal is Refusal.WAIT
    other = paired_desk(server, "Loket 2")
    assert other.try_pin().refusal is None, "no other desk waits"
    other.close()


def test_an_unknown_id_waits_and_locks_in_the_same_way(server: Server, clock: FakeClock, expected_logs: Any) -> None:
    expected_logs("staff_locked")
    seen: dict[str, list[Any]] = {}
    for staff_id in ("P-017", "P-999"):
        desk = paired_desk(server, staff_id)
        answers = seen.setdefault(staff_id, [])
        for _ in range(17):
            clock.advance(timedelta(hours=3))
            answers += [desk.try_pin(staff_id, WRONG), desk.try_pin(staff_id, WRONG)]
        desk.close()
    assert seen["P-017"] == seen["P-999"]
    assert seen["P-017"][-2].refusal is Refusal.LOCKED


def test_an_unknown_id_costs_the_same_work(desk: PairedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    fits = PinHasher.fits

    def counting(self: PinHasher, pin: str, pin_hash: str) -> bool:
        compared.append(pin_hash)
        return fits(self, pin, pin_hash)

    monkeypatch.setattr(PinHasher, "fits", counting)
    desk.try_pin("P-017", WRONG)
    desk.try_pin("P-999", WRONG)
    assert compared == [PIN_HASH, NOBODY]
    assert NOBODY.rsplit("$", 2)[0] == PinHasher().hash(PIN).rsplit("$", 2)[0], "of the same cost"


def test_a_try_counts_before_it_is_judged(server: Server, desk: PairedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or whoever cuts the power at the right moment guesses for ever."""
    seen: list[int] = []
    fits = PinHasher.fits

    def looking(self: PinHasher, pin: str, pin_hash: str) -> bool:
        with server.node.database.reading() as connection:
            seen.append(connection.execute(select(staff.c.failures)).scalar_one())
        return fits(self, pin, pin_hash)

    monkeypatch.setattr(PinHasher, "fits", looking)
    desk.try_pin(pin=WRONG)
    desk.try_pin()
    assert seen == [1, 2]


def test_many_desks_at_once_have_no_more_tries_than_one(server: Server) -> None:
    desks = [paired_desk(server, f"Loket {number}") for number in range(8)]
    refusals: list[Refusal | None] = []
    threads = [Thread(target=lambda desk=desk: refusals.extend(guess(desk, 2))) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for desk in desks:
        desk.close()
    assert refusals.count(Refusal.WRONG_PIN) == 5
    assert refusals.count(Refusal.WAIT) == 11


def test_a_pin_from_somebody_else_must_be_replaced(server: Server, desk: PairedDesk) -> None:
    add_officer(server, "P-018", must_change=True)
    assert desk.try_pin("P-018").refusal is Refusal.MUST_CHANGE
    assert desk.try_pin("P-018", PIN, new_pin="123456").refusal is Refusal.WEAK_PIN
    assert desk.try_pin("P-018", PIN, new_pin=PIN).refusal is Refusal.WEAK_PIN
    assert desk.try_pin("P-018", PIN, new_pin=OWN).signed_in is not None
    assert desk.try_pin("P-018", PIN).refusal is Refusal.WRONG_PIN
    assert desk.try_pin("P-018", OWN).signed_in is not None


def test_a_new_pin_needs_the_old_one(desk: PairedDesk) -> None:
    assert desk.try_pin(pin=WRONG, new_pin=OWN).refusal is Refusal.WRONG_PIN
    assert desk.try_pin(pin=OWN).refusal is Refusal.WRONG_PIN


def test_the_next_officer_at_a_desk_ends_the_session_of_the_one_before(server: Server, desk: PairedDesk) -> None:
    add_officer(server, "P-018")
    desk.sign_in("P-017")
    old = desk.session
    desk.sign_in("P-018")
    assert who(server, desk).staff == "P-018"
    desk.session = old
    assert who(server, desk) is Refusal.SIGNED_OUT
    assert [event.body["officer"] for event in told(server, "staff.signed_out")] == ["P-017"]


def test_nobody_is_signed_in_at_two_desks(server: Server, desk: PairedDesk) -> None:
    desk.sign_in(counter=3)
    other = paired_desk(server, "Loket 2")
    other.sign_in(counter=3)
    assert (who(server, desk), who(server, other).counter) == (Refusal.SIGNED_OUT, 3)
    other.close()


def test_a_counter_that_another_has_is_not_given_twice(server: Server, desk: PairedDesk) -> None:
    add_officer(server, "P-018")
    desk.sign_in(counter=3)
    other = paired_desk(server, "Loket 2")
    other.sign_in("P-018", counter=3)
    assert (who(server, desk).counter, who(server, other).counter) == (3, None)
    other.close()


def test_a_session_ends_after_fourteen_hours(server: Server, desk: PairedDesk, clock: FakeClock) -> None:
    desk.sign_in()
    clock.advance(timedelta(milliseconds=LASTS_MS - 1))
    end_old_sessions(server.node)
    assert who(server, desk).staff == "P-017"
    clock.advance(timedelta(milliseconds=1))
    assert who(server, desk) is Refusal.SIGNED_OUT
    end_old_sessions(server.node)
    end_old_sessions(server.node)
    assert len(told(server, "staff.signed_out")) == 1


def test_reset_and_unlock_work_at_once(server: Server, desk: PairedDesk, clock: FakeClock, expected_logs: Any) -> None:
    expected_logs("staff_locked")
    desk.sign_in()
    node = server.node
    with node.database.writing() as connection:
        reset_account(connection, node.own_log, SITE, "P-017", PinHasher().hash(OWN), must_change=False)
    assert who(server, desk) is Refusal.SIGNED_OUT
    assert desk.try_pin().refusal is Refusal.WRONG_PIN
    for _ in range(14):
        clock.advance(timedelta(hours=3))
        guess(desk, 1)
    clock.advance(timedelta(hours=3))
    assert desk.try_pin(pin=OWN).refusal is Refusal.LOCKED
    with node.database.writing() as connection:
        assert unlock_account(connection, node.own_log, SITE, "P-017", by="S-001")
    assert desk.try_pin(pin=OWN).signed_in is not None
    (unlocked,) = told(server, "staff.unlocked")
    assert unlocked.body == {"officer": "P-017", "by": "S-001"}


def test_only_desks_have_officers(server: Server) -> None:
    board = paired_desk(server, "Papan", DeviceKind.BOARD)
    message = SignIn(staff="P-017", sealed_pin="x")
    for path, body in ((SEAL_PATH, Seal()), (SIGN_IN_PATH, message), (SIGN_OUT_PATH, SignOut(session="0" * 32))):
        assert board.post(path, body).status_code == 403
    board.close()


def test_a_revoked_desk_lets_nobody_in(server: Server, desk: PairedDesk) -> None:
    message = SignIn(staff="P-017", sealed_pin=desk.sealed(PIN, "P-017"))
    revoke(server.node, SITE, desk.device_id)
    assert desk.post(SIGN_IN_PATH, message).status_code == 401


@pytest.mark.parametrize("staff_id", ["", "p-017", "BUDI SANTOSO", "P-017\n", "X" * 13])
def test_what_is_no_staff_id_is_no_question(desk: PairedDesk, staff_id: str) -> None:
    assert desk.post(SIGN_IN_PATH, {"staff": staff_id, "sealed_pin": "x"}).status_code == 400


def test_a_sealed_pin_opens_once_and_for_one_account(server: Server, desk: PairedDesk) -> None:
    add_officer(server, "P-018")
    sealed = desk.sealed(PIN, "P-017")
    assert desk.post(SIGN_IN_PATH, SignIn(staff="P-018", sealed_pin=sealed)).status_code == 400
    assert desk.post(SIGN_IN_PATH, SignIn(staff="P-017", sealed_pin=sealed)).status_code == 200
    assert desk.post(SIGN_IN_PATH, SignIn(staff="P-017", sealed_pin=sealed)).status_code == 400


def test_no_pin_is_written_anywhere(tmp_path: Path, expected_logs: Any) -> None:
    with site_server(tmp_path) as server:
        add_officer(server)
        desk = paired_desk(server)
        desk.try_pin(pin=WRONG)
        desk.try_pin(new_pin=OWN)
        desk.sign_out()
        desk.close()
    pins = [pin.encode() for pin in (PIN, WRONG, OWN)]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    for path in written:
        raw = path.read_bytes()
        assert not [pin for pin in pins if pin in raw], path
    assert expected_logs.seen == []
