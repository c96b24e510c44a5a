"""From recorded visits and an open counter to the promise on a ticket, and back to the server's tables."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from kiosk.clock import FakeClock
from server.database import milliseconds
from server.run import Server
from server.schema import counters, queue_closures, stops, tickets
from server.settings import Role, ServerSettings
from server.waits import WaitWatch, told_to_kiosks
from tests.kiosk_at_site import kiosk_at_site
from tests.paired_kiosk import SITE, pair


def record(server: Server, visits: int, minutes: int) -> None:
    """An open counter of queue D, and visits there that took so long each."""
    now_ms = milliseconds(datetime.now(UTC))
    hall = server.node.halls
    with server.node.database.writing() as connection:
        site = hall.of(connection, SITE, server.node.identity.device_id).site
        service = min(site.queue_by_code["D"].service_ids)
        counter = site.queue_by_code["D"].counters[0].number
        connection.execute(
            insert(counters).values(
                site_id=SITE,
                counter=counter,
                state="open",
                queues='["D"]',
                since_ms=now_ms,
                hlc=1,
                incarnation="a" * 16,
            )
        )
        for number in range(visits):
            begun_ms = now_ms - 86_400_000 + number * 600_000
            ticket_id = f"{number:016x}"
            connection.execute(
                insert(tickets).values(
                    site_id=SITE,
                    ticket_id=ticket_id,
                    origin="b" * 16,
                    service_day="2020-01-01",
                    series=9,
                    queue_code="D",
                    number=number + 1,
                    label=f"D-{number}X",
                    is_priority=0,
                    language="id",
                    issued_at_ms=begun_ms,
                    received_at_ms=begun_ms,
                    effective_at_ms=begun_ms,
                    copies=0,
                    shown_on_screen=0,
                )
            )
            connection.execute(
                insert(stops).values(
                    site_id=SITE,
                    ticket_id=ticket_id,
                    position=1,
                    service_id=service,
                    queue_code="D",
                    state="completed",
                    service_day="2020-01-01",
                    counter=counter,
                    called_at_ms=begun_ms,
                    started_at_ms=begun_ms,
                    ended_at_ms=begun_ms + minutes * 60_000,
                )
            )


def test_a_promise_goes_from_the_hall_to_the_ticket_and_is_kept_with_it(tmp_path: Path) -> None:
    pair(tmp_path / "kiosk", tmp_path / "server")
    clock = FakeClock(datetime.now(UTC))
    with (
        Server(ServerSettings(Role.SITE, tmp_path / "server")) as server,
        kiosk_at_site(tmp_path / "kiosk", server.url, clock) as kiosk,
    ):
        kiosk.wait_until_shared()
        first = kiosk.issue()  # opens the day, and waits
        kiosk.wait_until_synced()
        clock.advance(timedelta(seconds=2))  # the server has counted it
        assert first.promise_of(first.stops[0]) is None

        record(server, visits=20, minutes=6)
        watch = WaitWatch(server.node)
        watch.look()
        known = server.node.outlooks.of_queue(SITE, "D")
        assert known is not None
        assert known.ordinary is not None
        assert 240 <= known.ordinary.low_s <= 360 <= known.ordinary.high_s <= 900

        outlook = kiosk.machine.issuing.outlook
        kiosk.wait_until(lambda: any(one.ordinary for one in outlook.queues(first.service_day).values()))
        second = kiosk.issue()
        promise = second.promise_of(second.stops[0])
        assert promise is not None
        assert second.people_ahead == (1,)
        kiosk.wait_until_synced()

        with server.node.database.reading() as connection:
            kept = connection.execute(
                select(stops.c.promised_low_s, stops.c.promised_high_s).where(
                    stops.c.site_id == SITE, stops.c.ticket_id == second.id
                )
            ).one()
        assert tuple(kept) == (promise.low_s, promise.high_s)


def test_without_measures_nothing_is_said_but_who_waits_and_what_is_closed(tmp_path: Path) -> None:
    pair(tmp_path / "kiosk", tmp_path / "server")
    clock = FakeClock(datetime.now(UTC))
    with (
        Server(ServerSettings(Role.SITE, tmp_path / "server")) as server,
        kiosk_at_site(tmp_path / "kiosk", server.url, clock) as kiosk,
    ):
        kiosk.wait_until_shared()
        ticket = kiosk.issue()
        kiosk.wait_until_synced()
        record(server, visits=7, minutes=6)
        with server.node.database.writing() as connection:
            connection.execute(
                insert(queue_closures).values(
                    site_id=SITE,
                    service_day=ticket.service_day.isoformat(),
                    queue_code="D",
                    is_closed=1,
                    hlc=1,
                    incarnation="a" * 16,
                )
            )
        WaitWatch(server.node).look()

        with server.node.database.reading() as connection:
            said = told_to_kiosks(server.node, connection, SITE, ticket.service_day)["D"]
        assert (said.waiting, said.low_s, said.high_s, said.is_closed) == (1, None, None, True)
        outlook = kiosk.machine.issuing.outlook
        kiosk.wait_until(lambda: "D" in outlook.closed(ticket.service_day))
