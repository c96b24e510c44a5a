"""A pairing code, from the operator to the device: once, for ten minutes, five tries, and nobody learns by guessing."""

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from kiosk.clock import FakeClock
from kiosk.domain.events import DEVICE_ENROLLED, DEVICE_REVOKED, Event, decode
from kiosk.domain.pairing_code import PairingCode, device_proof
from kiosk.identity import new_identity
from kiosk.sync.code_proof import proof_of
from kiosk.sync.wire import Authority, DeviceKind, Enrol, Enrolled, ProblemCode
from server.devices import DeviceRecord, devices_of_site, find_record
from server.enrolment import EnrolmentConflictError, admit, revoke
from server.invitations import InvitationError, Standing, Wish, invite, standing_of, withdraw
from server.node import Node, open_node
from server.problems import RefusedError
from server.redeeming import redeem
from server.schema import devices, events, invitations
from server.settings import Role, ServerSettings
from tests.paired_kiosk import SITE
from tests.pairing_by_code import ask, record, refusal
from tests.small_hall import MONDAY_10_00

Ask = Callable[..., Enrolled]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_10_00)


@pytest.fixture
def node(tmp_path: Path, database_url: str | None, clock: FakeClock) -> Iterator[Node]:
    node = open_node(ServerSettings(Role.SITE, tmp_path / "server", database_url), clock)
    yield node
    node.close()


def devices_at(node: Node) -> list[DeviceRecord]:
    with node.database.reading() as connection:
        return [each.record for each in devices_of_site(connection, SITE)]


def wrong_secret(code: PairingCode) -> PairingCode:
    return PairingCode(code.name, "00000" if code.secret != "00000" else "11111")


def own_events(node: Node, *types: str) -> list[Event]:
    """What the server itself said at the site, in its order."""
    with node.database.reading() as connection:
        rows = connection.execute(
            select(events.c.raw)
            .where(events.c.site_id == SITE, events.c.origin == node.identity.device_id)
            .order_by(events.c.sequence)
        ).scalars()
        said = [decode(bytes(raw)) for raw in rows]
    return [event for event in said if isinstance(event, Event) and event.type in types]


def test_device_with_a_code_is_let_in_once(node: Node, expected_logs: Any) -> None:
    expected_logs("pairing_code_refused")
    code, invitation = invite(node, Wish(SITE))
    device = new_identity()
    answer = ask(node, code, device, kiosk_number=7, letter="G", name="Pintu utara")
    assert (answer.site, answer.kiosk_number, answer.letter, answer.name) == (SITE, 7, "G", "Pintu utara")
    assert (answer.server, answer.kind) == (node.identity.device_id, DeviceKind.KIOSK)
    key = code.derived_key()
    assert answer.proof == proof_of(answer.model_dump_json().encode(), key, device.public_key)
    assert standing_of(node.database, invitation.name, invitation.made_at_ms)[0] is Standing.USED
    assert refusal(node, code, device).code is ProblemCode.CODE
    assert refusal(node, code, new_identity()).code is ProblemCode.CODE


def test_no_secret_is_kept_once_a_code_is_used(node: Node) -> None:
    code, _ = invite(node, Wish(SITE))
    with node.database.reading() as connection:
        assert code.secret.encode() not in connection.execute(select(invitations.c.derived_key)).scalar_one()
    ask(node, code, new_identity())
    with node.database.reading() as connection:
        assert connection.execute(select(invitations.c.derived_key)).scalar_one() == b""


def test_five_wrong_tries_wear_a_code_out(node: Node, expected_logs: Any) -> None:
    expected_logs("pairing_code_refused")
    code, invitation = invite(node, Wish(SITE))
    guess = wrong_secret(code)
    wrong = [refusal(node, guess, new_identity()) for _ in range(4)]
    assert {each.code for each in wrong} == {ProblemCode.CODE}
    again, _ = invite(node, Wish(SITE))
    refusal(node, guess, new_identity())
    assert standing_of(node.database, invitation.name, invitation.made_at_ms)[0] is Standing.WORN_OUT
    assert refusal(node, code, new_identity()).detail == wrong[0].detail  # the right secret comes too late
    assert ask(node, again, new_identity()).site == SITE


def test_guesses_at_the_same_time_are_all_counted(node: Node, expected_logs: Any) -> None:
    expected_logs("pairing_code_refused")
    code, invitation = invite(node, Wish(SITE))
    guess = wrong_secret(code)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: refusal(node, guess, new_identity()), range(5)))
    assert standing_of(node.database, invitation.name, invitation.made_at_ms)[0] is Standing.WORN_OUT


def test_a_code_that_never_was_is_answered_like_a_wrong_one(node: Node, expected_logs: Any) -> None:
    expected_logs("pairing_code_refused")
    code, _ = invite(node, Wish(SITE))
    unknown = PairingCode("000" if code.name != "000" else "111", code.secret)
    wrong = wrong_secret(code)
    first, second = refusal(node, unknown, new_identity()), refusal(node, wrong, new_identity())
    assert (first.code, first.detail) == (second.code, second.detail)


@pytest.mark.parametrize("leap", [timedelta(minutes=10), timedelta(days=400), timedelta(minutes=-2)], ids=str)
def test_a_code_lives_ten_minutes_by_the_servers_clock(
    node: Node, clock: FakeClock, leap: timedelta, expected_logs: Any
) -> None:
    expected_logs("pairing_code_refused")
    code, _ = invite(node, Wish(SITE))
    guess = wrong_secret(code)
    clock.jump(clock.now() + leap)
    late = refusal(node, code, new_identity())
    assert late.code is ProblemCode.CODE
    assert "older than ten minutes" in late.detail
    assert "older" not in refusal(node, guess, new_identity()).detail
    clock.jump(MONDAY_10_00 + timedelta(minutes=9, seconds=59))
    assert ask(node, code, new_identity()).site == SITE


def test_old_codes_are_forgotten(node: Node, clock: FakeClock) -> None:
    for _ in range(3):
        invite(node, Wish(SITE))
        clock.jump(clock.now() + timedelta(hours=2))
    invite(node, Wish(SITE))
    with node.database.reading() as connection:
        assert len(connection.execute(select(invitations)).all()) == 1


def test_a_code_that_was_withdrawn_opens_nothing(node: Node, expected_logs: Any) -> None:
    expected_logs("pairing_code_refused")
    code, invitation = invite(node, Wish(SITE))
    withdraw(node.database, invitation)
    assert refusal(node, code, new_identity()).code is ProblemCode.CODE
    assert standing_of(node.database, invitation.name, invitation.made_at_ms) == (Standing.GONE, None)


def test_each_kiosk_gets_the_next_number_and_letter(node: Node) -> None:
    given = []
    for _ in range(3):
        code, _ = invite(node, Wish(SITE))
        answer = ask(node, code, new_identity(), kiosk_number=1, letter="A")
        given.append((answer.kiosk_number, answer.letter, answer.name))
    assert given == [(1, "A", "Anjungan 1"), (2, "B", "Anjungan 2"), (3, "C", "Anjungan 3")]


def test_what_the_operator_asked_for_goes_first(node: Node) -> None:
    promised, _ = invite(node, Wish(SITE, kiosk_number=2, letter="B", name="Lobi"))
    other, _ = invite(node, Wish(SITE))
    first = ask(node, other, new_identity(), kiosk_number=2, letter="B")
    assert (first.kiosk_number, first.letter) == (1, "A")  # the other number is promised to somebody
    second = ask(node, promised, new_identity(), kiosk_number=9, letter="Z", name="Anjungan X")
    assert (second.kiosk_number, second.letter, second.name) == (2, "B", "Lobi")


def test_a_known_device_keeps_what_it_is(node: Node, clock: FakeClock) -> None:
    device, other = new_identity(), new_identity()
    for each in (other, device, device):
        code, _ = invite(node, Wish(SITE))
        answer = ask(node, code, each, kiosk_number=1, letter="A")
    assert (answer.kiosk_number, answer.letter) == (2, "B")
    revoke(node, SITE, other.device_id)
    code, _ = invite(node, Wish(SITE))
    answer = ask(node, code, device, kiosk_number=1, letter="A")
    assert (answer.kiosk_number, answer.letter) == (2, "B")
    clock.advance(timedelta(days=2))
    code, _ = invite(node, Wish(SITE, kiosk_number=1, letter="A"))
    answer = ask(node, code, device)
    assert (answer.kiosk_number, answer.letter) == (1, "A")


def test_twin_is_named_before_a_code_is_made_and_when_it_is_used(node: Node) -> None:
    early, _ = invite(node, Wish(SITE, kiosk_number=1))
    admit(node, record(new_identity(), 1, "A"))
    with pytest.raises(EnrolmentConflictError, match=r"Anjungan 1 .* already has number 1 and letter A"):
        invite(node, Wish(SITE, letter="A"))
    late = new_identity()
    twin = refusal(node, early, late)
    assert twin.code is ProblemCode.CONFLICT
    assert "Anjungan 1" in twin.detail
    with node.database.reading() as connection:
        assert find_record(connection, SITE, late.device_id) is None
    revoke(node, SITE, devices_at(node)[0].device_id)
    assert ask(node, early, late).kiosk_number == 1  # a conflict does not use the code up


def test_a_site_full_of_kiosks_says_so(node: Node) -> None:
    for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=1):
        admit(node, record(new_identity(), number, letter))
    code, _ = invite(node, Wish(SITE))
    assert "revoke a kiosk" in refusal(node, code, new_identity()).detail


def test_letters_that_look_like_digits_are_given_last(node: Node) -> None:
    for number, letter in enumerate("ABCDEFGH", start=1):
        admit(node, record(new_identity(), number, letter))
    code, _ = invite(node, Wish(SITE))
    assert ask(node, code, new_identity()).letter == "J"


@pytest.mark.parametrize("kind", [DeviceKind.SITE, DeviceKind.DESK, DeviceKind.BOARD])
def test_only_kiosks_have_numbers(node: Node, kind: DeviceKind) -> None:
    with pytest.raises(InvitationError, match="Only a kiosk"):
        invite(node, Wish(SITE, kind, letter="A"))
    for _ in range(2):  # several of them are no twins
        code, _ = invite(node, Wish(SITE, kind))
        answer = ask(node, code, new_identity(), kind=kind, kiosk_number=1, letter="A")
        assert (answer.kind, answer.kiosk_number, answer.letter) == (kind, None, None)


def test_a_code_for_another_kind_is_not_used_up(node: Node) -> None:
    code, _ = invite(node, Wish(SITE, DeviceKind.DESK))
    refused = refusal(node, code, new_identity(), kind=DeviceKind.KIOSK)
    assert (refused.code, "lets in a desk" in refused.detail) == (ProblemCode.CONFLICT, True)
    assert ask(node, code, new_identity(), kind=DeviceKind.DESK).kind is DeviceKind.DESK


def test_a_device_stays_what_it_is(node: Node) -> None:
    device = new_identity()
    code, _ = invite(node, Wish(SITE, DeviceKind.DESK))
    ask(node, code, device)
    code, _ = invite(node, Wish(SITE))
    assert "is a desk at" in refusal(node, code, device).detail


def test_a_revoked_key_does_not_come_back_with_a_new_code(node: Node) -> None:
    device = new_identity()
    code, _ = invite(node, Wish(SITE))
    ask(node, code, device)
    assert revoke(node, SITE, device.device_id)
    assert not revoke(node, SITE, device.device_id)
    code, _ = invite(node, Wish(SITE))
    assert refusal(node, code, device).code is ProblemCode.DEVICE_REVOKED
    assert ask(node, code, new_identity()).kiosk_number == 1


def test_a_device_cannot_be_named_after_another_key(node: Node) -> None:
    code, _ = invite(node, Wish(SITE))
    device, other = new_identity(), new_identity()
    message = Enrol(
        invitation=code.name,
        device=other.device_id,
        public_key=base64.b64encode(device.public_key).decode(),
        proof=device_proof(code.derived_key(), device.public_key),
        program="test",
    )
    with pytest.raises(RefusedError) as refused:
        redeem(node, message)
    assert refused.value.code is ProblemCode.FOREIGN_ORIGIN


def test_the_nation_learns_who_was_let_in_and_shut_out(node: Node) -> None:
    device = new_identity()
    for _ in range(2):
        admit(node, record(device, 1, "A"))  # again is harmless, and nothing new
    revoke(node, SITE, device.device_id)
    said = own_events(node, DEVICE_ENROLLED, DEVICE_REVOKED)
    assert [event.type for event in said] == [DEVICE_ENROLLED, DEVICE_REVOKED]
    assert {event.body["device_id"] for event in said} == {device.device_id}
    assert base64.b64decode(said[0].body["public_key"]) == device.public_key


def test_a_refused_enrolment_leaves_no_event(node: Node) -> None:
    admit(node, record(new_identity(), 1, "A"))
    with pytest.raises(EnrolmentConflictError):
        admit(node, record(new_identity(), 1, "B"))
    assert len(own_events(node, DEVICE_ENROLLED)) == 1
    assert len(devices_at(node)) == 1


def test_of_two_kiosks_that_come_at_once_one_gets_the_number(node: Node) -> None:
    def try_it(_: int) -> bool:
        try:
            admit(node, record(new_identity(), 1, "A"))
        except EnrolmentConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(try_it, range(8))) == [False] * 7 + [True]
    assert len(devices_at(node)) == 1


@pytest.mark.parametrize(("number", "letter"), [(1, "B"), (2, "A")])
def test_the_database_itself_knows_no_twins(node: Node, number: int, letter: str) -> None:
    """Whatever writes there, and however it raced."""
    admit(node, record(new_identity(), 1, "A"))
    twin = new_identity()
    with pytest.raises(IntegrityError), node.database.writing() as connection:
        connection.execute(
            insert(devices).values(
                site_id=SITE, device_id=twin.device_id, public_key=twin.public_key, kind="kiosk",
                kiosk_number=number, letter=letter, name="Anjungan", enrolled_at_ms=0,
            )
        )  # fmt: skip


def test_every_word_of_the_answer_is_proved(node: Node) -> None:
    code, _ = invite(node, Wish(SITE))
    device = new_identity()
    answer = ask(node, code, device)
    key = code.derived_key()
    stranger = new_identity()
    authority = Authority(device=stranger.device_id, key=base64.b64encode(stranger.public_key).decode())
    changes: list[dict[str, Any]] = [
        {"site": "elsewhere"}, {"kiosk_number": 9}, {"letter": "Z"}, {"name": "x"}, {"server_epoch": 9},
        {"server_key": authority.key}, {"authorities": (*answer.authorities, authority)},
    ]  # fmt: skip
    for change in changes:
        changed = answer.model_copy(update=change).model_dump_json().encode()
        assert proof_of(changed, key, device.public_key) != answer.proof, change
