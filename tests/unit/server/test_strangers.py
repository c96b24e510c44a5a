"""At central a device's log may come before the word of its site's server about who it is. Nothing of it is believed
until then, and nothing is lost.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kiosk.domain import desk_bodies, events
from kiosk.domain.event_bodies import device_enrolled
from kiosk.domain.verdict import Verified
from kiosk.identity import Identity, new_identity
from kiosk.sync.wire import DeviceKind
from server.devices import DeviceRecord
from server.enrolment import admit
from server.ingest import ingest
from server.node import Node, open_node
from server.projected import hashes
from server.rebuild import rebuild
from server.schema import poison, tickets
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.paired_kiosk import SITE, some_ticket
from tests.written_log import NOW_MS, WrittenLog

Tell = Callable[[WrittenLog], None]


class Central:
    """Above one site, whose server it knows, and no other device of it."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.node: Node = open_node(ServerSettings(Role.CENTRAL, folder, database_url))
        self.site_server, self.device = new_identity(), new_identity()
        server = DeviceRecord(
            self.site_server.device_id, self.site_server.public_key, SITE, None, None, "Server", DeviceKind.SITE
        )
        admit(self.node, server)

    def hear(self, log: WrittenLog) -> int:
        """What of it was parked."""
        parked = 0
        with self.node.database.writing() as connection:
            for raws in log.events.values():
                receipt = ingest(connection, SITE, log.origin, raws, NOW_MS)
                assert receipt.refusal is None
                parked += receipt.parked
        return parked

    def word(self, device: Identity, kind: DeviceKind) -> WrittenLog:
        """Of the site's server."""
        number, letter = (1, "A") if kind is DeviceKind.KIOSK else (None, None)
        record = DeviceRecord(device.device_id, device.public_key, SITE, number, letter, "Alat", kind)
        log = WrittenLog(self.site_server.device_id)
        log.write(events.DEVICE_ENROLLED, device_enrolled(record.facts))
        return log

    def counts(self) -> tuple[int, int]:
        """Tickets, parked events."""
        with self.node.database.reading() as connection:
            count = select(func.count())
            in_tables = connection.execute(count.select_from(tickets)).scalar_one()
            return in_tables, connection.execute(count.select_from(poison)).scalar_one()

    def hash(self) -> str:
        with self.node.database.reading() as connection:
            return "".join(each.whole for each in hashes(connection, SITE))


@pytest.fixture
def central(tmp_path: Path, database_url: str | None) -> Iterator[Central]:
    central = Central(tmp_path, database_url)
    yield central
    central.node.close()


def log_of(device: Identity) -> WrittenLog:
    """Two starts; and between the tickets what is no kiosk's to say."""
    log = WrittenLog(device.device_id)
    log.issue(1)
    log.write(events.QUEUE_CLOSED, desk_bodies.queue_closed("D", some_ticket(1).service_day, "P-009"))
    log.start()
    log.issue(2)
    log.issue(3)
    return log


@pytest.mark.usefixtures("on_both_databases")
def test_what_a_device_said_counts_once_its_server_has_told_who_it_is(central: Central) -> None:
    log, word = log_of(central.device), central.word(central.device, DeviceKind.KIOSK)
    assert central.hear(log) == 0, "no fault, that anybody must be told of"
    assert central.counts() == (0, 4), "all but its starts"
    unheard = rebuild(central.node.database)
    assert unheard.before == unheard.after
    assert isinstance(verify_database(central.node.database), Verified)
    central.hear(word)
    assert central.counts() == (3, 1), "a kiosk closes no queue"
    heard = rebuild(central.node.database)
    assert heard.before == heard.after
    assert isinstance(verify_database(central.node.database), Verified)


def test_it_does_not_matter_which_log_comes_first(central: Central, tmp_path: Path) -> None:
    log, word = log_of(central.device), central.word(central.device, DeviceKind.KIOSK)
    other = Central(tmp_path / "other")
    other.site_server = central.site_server
    admit(
        other.node,
        DeviceRecord(
            central.site_server.device_id, central.site_server.public_key, SITE, None, None, "S", DeviceKind.SITE
        ),
    )
    for one in (log, word):
        central.hear(one)
    for one in (word, log):
        other.hear(one)
    assert central.counts() == other.counts() == (3, 1)
    assert central.hash() == other.hash()
    other.node.close()


def test_a_device_that_turns_out_to_be_a_desk_has_given_no_numbers(central: Central) -> None:
    central.hear(log_of(central.device))
    central.hear(central.word(central.device, DeviceKind.DESK))
    assert central.counts() == (0, 4)


def test_another_device_that_is_told_of_changes_nothing(central: Central) -> None:
    central.hear(log_of(central.device))
    central.hear(central.word(new_identity(), DeviceKind.KIOSK))
    assert central.counts() == (0, 4)


def test_what_comes_after_that_is_heard_at_once(central: Central) -> None:
    log = log_of(central.device)
    central.hear(log)
    central.hear(central.word(central.device, DeviceKind.KIOSK))
    log.issue(4)
    assert central.hear(log) == 0
    assert central.counts() == (4, 1)
