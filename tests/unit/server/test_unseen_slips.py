"""R7: a printer that takes everything, confirms it and prints nothing is found out by the hall's own calls."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from structlog.testing import capture_logs

from kiosk.domain.print_job import PrintState
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import TicketId
from kiosk.identity import new_identity
from kiosk.sync.wire import Health
from server.devices import DeviceRecord
from server.enrolment import admit
from server.run import Server
from server.service_day import day_in_force
from tests.called_hall import CalledHall
from tests.paired_kiosk import SITE, site_server
from tests.real_processes import wait_until
from tests.written_log import WrittenLog

pytestmark = pytest.mark.usefixtures("on_both_databases")


class TwoKiosks:
    """A hall with two kiosks whose printers confirm every slip."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.hall = CalledHall(server.node)
        self.logs = [self._kiosk(number) for number in (1, 2)]
        self._number = 0
        server.node.service_days.open_due(server.node.database)

    @property
    def dead(self) -> str:
        return self.logs[0].origin

    def _kiosk(self, number: int) -> WrittenLog:
        identity = new_identity()
        record = DeviceRecord(identity.device_id, identity.public_key, SITE, number, "AB"[number - 1], f"No. {number}")
        admit(self.server.node, record)
        said = {"program": "1.0", "at": self.server.node.clock.now(), "clock_trusted": True, "printer": "ready"}
        self.server.node.contacts.note(SITE, identity.device_id, (), Health.model_validate(said))
        return WrittenLog(identity.device_id)

    def issue(self, kiosk: int, state: PrintState = PrintState.CONFIRMED) -> TicketId:
        self._number += 1
        with self.server.node.database.reading() as connection:
            day = day_in_force(connection, SITE)
        log = self.logs[kiosk]
        ticket = log.issue(self._number, service_day=day)
        log.printed(ticket, state=state)
        with self.server.node.database.writing() as connection:
            log.push(connection)
        return ticket

    def call(self, kiosk: int, *, comes: bool, state: PrintState = PrintState.CONFIRMED) -> None:
        ticket = self.issue(kiosk, state)
        self.hall.do(Verb.CALL, ticket, 3)
        if comes:
            self.hall.do(Verb.START, ticket, 3)
            self.hall.do(Verb.COMPLETE, ticket, 3)
        else:
            self.hall.do(Verb.NO_SHOW, ticket, 3)

    def look(self) -> None:
        self.server.node.unseen_slips.look(self.server.node.database, self.server.node.service_days, [SITE])

    def metric(self) -> float:
        lines = httpx2.get(f"{self.server.url}/metrics").text.splitlines()
        (line,) = (line for line in lines if line.startswith("giliran_unseen_slips{") and self.dead in line)
        return float(line.rpartition(" ")[2])


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[TwoKiosks]:
    with site_server(tmp_path) as server:
        yield TwoKiosks(server)


def test_r7_slips_that_are_confirmed_and_that_nobody_holds(hall: TwoKiosks) -> None:
    """In the log once, on the status page with what to do, and in the metrics; the next visitor who comes ends it."""
    hall.call(0, comes=True)
    for _ in range(12):
        hall.call(1, comes=True)
        hall.call(0, comes=False)
        hall.call(1, comes=True)
    with capture_logs() as told:
        hall.look()
        hall.look()
    assert [(line["event"], line["device"], line["slips"]) for line in told] == [("slips_unseen", hall.dead, 12)]
    assert hall.metric() == 12
    page = httpx2.get(f"{hall.server.url}/").text
    assert "12 tiket terakhirnya dipanggil dan tak seorang pun datang" in page
    assert "12 struk tanpa pemegang" in page
    assert "nobody came" in httpx2.get(f"{hall.server.url}/?lang=en").text
    hall.call(0, comes=True)
    with capture_logs() as told:
        hall.look()
    assert [(line["event"], line["device"]) for line in told] == [("slips_seen", hall.dead)]
    assert hall.metric() == 0
    assert "tak seorang pun datang" not in httpx2.get(f"{hall.server.url}/").text


def test_slips_that_were_not_confirmed_or_not_called_prove_nothing(hall: TwoKiosks) -> None:
    for _ in range(12):
        hall.call(1, comes=True)
        hall.call(0, comes=False, state=PrintState.UNKNOWN)
        hall.issue(0)
        hall.call(1, comes=True)
    with capture_logs() as told:
        hall.look()
    assert told == []


def test_a_hall_whose_officers_start_nobody_has_no_alarm(hall: TwoKiosks) -> None:
    for _ in range(12):
        hall.call(1, comes=False)
        hall.call(0, comes=False)
    with capture_logs() as told:
        hall.look()
    assert told == []


def test_the_server_looks_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    monkeypatch.setattr("server.unseen_slips.UnseenSlips.look", lambda _, *words: looked.append(words))
    with site_server(tmp_path):
        wait_until(lambda: bool(looked), 30, lambda: "it never looked")
