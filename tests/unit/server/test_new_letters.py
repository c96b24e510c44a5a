"""Who may not have a letter, or a key, because of paper that is in visitors' hands."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from kiosk.clock import FakeClock
from kiosk.identity import Identity, new_identity
from server.enrolment import EnrolmentConflictError, admit, revoke
from server.invitations import Wish, invite
from server.node import Node, open_node
from server.schema import tickets
from server.settings import Role, ServerSettings
from tests.paired_kiosk import SITE
from tests.pairing_by_code import ask, record, refusal
from tests.small_hall import MONDAY_10_00


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_10_00)


@pytest.fixture
def node(tmp_path: Path, database_url: str | None, clock: FakeClock) -> Iterator[Node]:
    node = open_node(ServerSettings(Role.SITE, tmp_path / "server", database_url), clock)
    yield node
    node.close()


def test_a_letter_on_todays_paper_is_given_to_no_other_kiosk(node: Node, clock: FakeClock) -> None:
    """The kiosk that comes in a broken one's place counts from 1 again: `D-001A` would be in two hands."""
    broken, early, late = (new_identity() for _ in range(3))
    admit(node, record(broken, 1, "A"))
    code, _ = invite(node, Wish(SITE))
    revoke(node, SITE, broken.device_id)
    assert ask(node, code, early, kiosk_number=1, letter="A").letter == "B"
    with pytest.raises(EnrolmentConflictError, match=r"Letter A .* may stand on today's tickets"):
        invite(node, Wish(SITE, letter="A"))
    with pytest.raises(EnrolmentConflictError, match="in two days"):
        admit(node, record(late, 2, "A"))
    clock.advance(timedelta(days=2))
    admit(node, record(late, 2, "A"))


def test_a_letter_that_was_exchanged_rests_too(node: Node) -> None:
    """Its old tickets are here, and their kiosk is not shut out."""
    device = new_identity()
    admit(node, record(device, 1, "A"))
    row = {"series": 1, "queue_code": "D", "number": 1, "label": "D-001A", "is_priority": 0, "language": "id"}
    times = {"service_day": "2026-11-23", "issued_at_ms": 0, "received_at_ms": 0, "copies": 0, "shown_on_screen": 0}
    with node.database.writing() as connection:
        whose = {"site_id": SITE, "ticket_id": "0" * 16, "origin": device.device_id}
        connection.execute(insert(tickets).values(**whose, **row, **times))
    admit(node, record(device, 1, "C"))
    code, _ = invite(node, Wish(SITE))
    assert ask(node, code, new_identity(), letter="A").letter == "B"
    admit(node, record(device, 1, "A"))  # its own


def test_two_kiosks_whose_keys_look_alike_on_paper_are_not_let_in(node: Node) -> None:
    """One in 65,536: among the kiosks that a hall sees in ten years that is no wonder any more."""
    by_name: dict[int, Identity] = {}
    while (one := new_identity()).key_id not in by_name:
        by_name[one.key_id] = one
    admit(node, record(by_name[one.key_id], 1, "A"))
    code, _ = invite(node, Wish(SITE))
    assert "so that it makes another key" in refusal(node, code, one).detail
    ask(node, code, new_identity())
