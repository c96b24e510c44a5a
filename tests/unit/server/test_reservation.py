"""Numbers of the shared series: each once, whoever asks, however often and however many at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kiosk.clock import FakeClock
from kiosk.domain.ticket import SHARED_SERIES
from kiosk.sync import wire
from kiosk.sync.wire import DeviceKind, ProblemCode, SharedNumber
from server.enrolment import revoke
from server.number_series import MOST_UNHEARD_OF, raise_series
from server.run import Server
from server.schema import number_series, reservations, service_days, tickets
from server.settings import Role, ServerSettings
from tests.conftest import Logs
from tests.lean_kiosk import LeanKiosk, code, lean_kiosk, let_in, numbers
from tests.paired_kiosk import SITE, site_server
from tests.small_hall import MONDAY_10_00

pytestmark = pytest.mark.usefixtures("on_both_databases")

MONDAY = date(2026, 11, 23)


def ticket_row(number: int, series: int) -> dict[str, Any]:
    return {
        "site_id": SITE, "ticket_id": f"{number:016x}", "origin": "f" * 16, "service_day": "2026-11-23",
        "series": series, "queue_code": "D", "number": number, "label": "", "is_priority": 0,
        "language": "id", "issued_at_ms": 0, "received_at_ms": 0, "copies": 0, "shown_on_screen": 0,
    }  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with site_server(tmp_path, clock=FakeClock(MONDAY_10_00)) as server:
        yield server


@pytest.fixture
def kiosk(server: Server) -> Iterator[LeanKiosk]:
    with lean_kiosk(server.url, let_in(server.node)) as kiosk:
        yield kiosk


def test_kiosks_share_one_series_in_each_queue(server: Server, kiosk: LeanKiosk) -> None:
    with lean_kiosk(server.url, let_in(server.node, 2)) as other:
        taken = [kiosk.number(), other.number(), kiosk.number("P"), kiosk.number(), other.number("P")]
    assert taken == [1, 2, 1, 3, 2]


def test_the_answer_names_day_and_epoch(kiosk: LeanKiosk) -> None:
    reserved = kiosk.reserve(ticket="a" * 16)
    assert reserved == wire.Reserved(ticket="a" * 16, queue="D", number=1, service_day=MONDAY, server_epoch=1)


def test_the_same_ticket_gets_the_same_number(kiosk: LeanKiosk) -> None:
    taken = [kiosk.number(ticket="a" * 16), kiosk.number(), kiosk.number(ticket="a" * 16), kiosk.number()]
    assert taken == [1, 2, 1, 3]


def test_a_ticket_that_another_kiosk_asked_for_gets_nothing(server: Server, kiosk: LeanKiosk) -> None:
    kiosk.number(ticket="a" * 16)
    with lean_kiosk(server.url, let_in(server.node, 2)) as other:
        assert code(other.reserve(ticket="a" * 16)) is ProblemCode.FOREIGN_ORIGIN


def test_many_at_once_get_different_numbers_without_a_gap(server: Server) -> None:
    """They share transactions; a refused one among them costs the others nothing."""
    identities = [let_in(server.node, number) for number in range(1, 9)]
    shut_out = let_in(server.node, 9)

    def take(identity: object) -> list[wire.Reserved | wire.Problem]:
        with lean_kiosk(server.url, identity) as kiosk:  # type: ignore[arg-type]  # an Identity
            kiosk.beat()
            if identity is shut_out:
                revoke(server.node, SITE, shut_out.device_id)
            return [kiosk.reserve() for _ in range(40)]

    with ThreadPoolExecutor(9) as pool:
        *taken, refused = pool.map(take, [*identities, shut_out])
    assert sorted(number for one in taken for number in numbers(one)) == list(range(1, 321))
    assert {code(answer) for answer in refused} == {ProblemCode.DEVICE_REVOKED}
    with server.node.database.reading() as connection:
        kept = connection.execute(select(func.count(), func.max(reservations.c.number))).one()
    assert tuple(kept) == (320, 320)


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    for expected in (1, 2):
        with site_server(tmp_path, clock=FakeClock(MONDAY_10_00)) as server:
            identity = let_in(server.node, expected)
            with lean_kiosk(server.url, identity) as kiosk:
                assert kiosk.number() == expected


@pytest.mark.parametrize(("given", "expected"), [(0, 1), (45, 46), (MOST_UNHEARD_OF, MOST_UNHEARD_OF + 1)])
def test_number_is_above_what_the_kiosk_was_given(kiosk: LeanKiosk, given: int, expected: int) -> None:
    assert kiosk.number(given=given) == expected


@pytest.mark.parametrize("given", [MOST_UNHEARD_OF + 11, 65535])
def test_no_kiosk_exhausts_a_queue_by_what_it_says_it_was_given(
    kiosk: LeanKiosk, expected_logs: Logs, given: int
) -> None:
    expected_logs("numbers_doubted")
    assert kiosk.number(given=9) == 10
    assert kiosk.number(given=given) == 11
    assert kiosk.number(given=MOST_UNHEARD_OF + 11) == MOST_UNHEARD_OF + 12


@pytest.mark.parametrize("number", [MOST_UNHEARD_OF + 31, 65535])
def test_nor_by_what_it_tells_in_a_hello(kiosk: LeanKiosk, expected_logs: Logs, number: int) -> None:
    expected_logs("numbers_doubted")
    kiosk.hello(numbers=(SharedNumber(service_day=MONDAY, queue="D", number=30),))
    told = [SharedNumber(service_day=MONDAY, queue=queue, number=far) for queue, far in (("D", number), ("P", 6))]
    kiosk.hello(numbers=tuple(told))
    assert [kiosk.number(), kiosk.number("P")] == [31, 7]


def test_what_arrived_makes_a_higher_number_believable(server: Server, kiosk: LeanKiosk) -> None:
    with server.node.database.writing() as connection:
        connection.execute(tickets.insert().values(ticket_row(6000, SHARED_SERIES)))
    kiosk.hello(numbers=(SharedNumber(service_day=MONDAY, queue="D", number=6000 + MOST_UNHEARD_OF),))
    assert kiosk.number() == 6001 + MOST_UNHEARD_OF


def test_a_hello_fills_no_far_days(server: Server, kiosk: LeanKiosk, expected_logs: Logs) -> None:
    expected_logs("numbers_doubted")
    kiosk.number("P")
    for days in (-32, -31, 31, 32, 400 * 365):
        kiosk.hello(numbers=(SharedNumber(service_day=MONDAY + timedelta(days=days), queue="D", number=7),))
    with server.node.database.reading() as connection:
        days_kept = connection.execute(select(number_series.c.service_day).where(number_series.c.queue_code == "D"))
        assert set(days_kept.scalars()) == {(MONDAY + timedelta(days=days)).isoformat() for days in (-31, 31)}


def test_a_copy_older_than_a_closure_believes_the_day_that_its_clock_says(server: Server, kiosk: LeanKiosk) -> None:
    """The day in force is that of the copy; the kiosks' hellos come before the present one is opened."""
    with server.node.database.writing() as connection:
        days = {"site_id": SITE, "service_day": "2026-09-01", "origin": "f" * 16}
        connection.execute(service_days.insert().values(days))
        assert server.node.service_days.in_force(connection, SITE) == date(2026, 9, 1)
    kiosk.hello(numbers=(SharedNumber(service_day=MONDAY, queue="D", number=30),))
    assert kiosk.number(service_day=MONDAY) == 31


def test_number_is_above_what_a_hello_told(kiosk: LeanKiosk) -> None:
    kiosk.number()
    told = [SharedNumber(service_day=MONDAY, queue=queue, number=30) for queue in ("D", "P")]
    for numbers_told in (told, told[:1], [SharedNumber(service_day=MONDAY, queue="D", number=7)]):
        kiosk.hello(numbers=tuple(numbers_told))
    assert [kiosk.number(), kiosk.number("P"), kiosk.number("N")] == [31, 31, 1]


def test_number_is_above_every_ticket_that_arrived(server: Server, kiosk: LeanKiosk) -> None:
    kiosk.number()
    with server.node.database.writing() as connection:
        for number, series in ((12, SHARED_SERIES), (99, 1)):
            connection.execute(tickets.insert().values(ticket_row(number, series)))
    assert kiosk.number() == 13


def test_last_number_is_given_and_then_none(server: Server, kiosk: LeanKiosk) -> None:
    with server.node.database.writing() as connection:
        raise_series(connection, SITE, [SharedNumber(service_day=MONDAY, queue="D", number=65533)])
    assert kiosk.number() == 65534
    taken = [kiosk.reserve(ticket=f"{number:016x}") for number in (0xA, 0xB, 0xB)]
    assert numbers(taken) == [65535]
    assert [code(answer) for answer in taken[1:]] == [ProblemCode.EXHAUSTED] * 2
    assert kiosk.number("P") == 1


@pytest.mark.parametrize("kind", [DeviceKind.DESK, DeviceKind.BOARD, DeviceKind.SITE])
def test_only_kiosks_take_numbers(server: Server, kind: DeviceKind) -> None:
    with lean_kiosk(server.url, let_in(server.node, 2, kind)) as device:
        assert code(device.reserve()) is ProblemCode.FOREIGN_ORIGIN


def test_sites_do_not_share(server: Server, kiosk: LeanKiosk) -> None:
    elsewhere = let_in(server.node, 1, site_id="elsewhere")
    with lean_kiosk(server.url, elsewhere, "elsewhere") as other:
        assert [kiosk.number(), other.number(), kiosk.number()] == [1, 1, 2]


def test_central_gives_no_numbers(tmp_path: Path) -> None:
    with Server(ServerSettings(Role.CENTRAL, tmp_path)) as central:
        identity = let_in(central.node)
        with lean_kiosk(central.url, identity) as kiosk:
            assert code(kiosk.reserve()) is ProblemCode.NOT_FOUND
            answer = kiosk.beat()
            assert isinstance(answer, wire.HeartbeatAnswer)
            assert answer.service_day is None


def test_reservation_is_refused_in_the_words_of_every_other_request(server: Server, kiosk: LeanKiosk) -> None:
    with lean_kiosk(server.url, kiosk.identity) as again:
        (request,) = again._client.signed(wire.RESERVE_PATH, [b"{}"])
        for expected in (ProblemCode.MALFORMED, ProblemCode.REPLAYED):
            status, body = again._client.ask(request)
            assert (status // 100, wire.Problem.model_validate_json(body).code) == (4, expected)


def test_database_that_fails_asks_to_try_again(server: Server, kiosk: LeanKiosk, expected_logs: object) -> None:
    expected_logs("server_store_failed")  # type: ignore[operator]
    kiosk.number()
    with server.node.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE reservations")
    assert code(kiosk.reserve()) is ProblemCode.BUSY
