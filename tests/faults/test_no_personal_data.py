"""A visitor who types everything about themselves into the search: none of it is anywhere afterwards.

Two pairings by code, a whole visit at the real window, its way to the site and to central: what lies in every folder
and what passed on every line is searched, packed or not.
"""

import gzip
import re
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Final

import httpx2
import structlog
from PySide6.QtGui import QGuiApplication

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, PrinterConfig, ScreenConfig, SyncConfig
from kiosk.domain.screens import Screen
from kiosk.enrolling import enrol_kiosk, enrol_site_server
from kiosk.logs import configure_logging
from kiosk.sync.wire import STREAM_PATH, DeviceKind
from server.invitations import Wish, invite
from server.node import Node
from server.publishing import publish_files
from server.tickets import newest_tickets
from tests.bad_network import Proxy, record
from tests.conftest import Logs
from tests.paired_kiosk import PATIENCE_S
from tests.published_hall import HALL, catalogue_bytes, catalogue_file, numbers_bytes, site_bytes, site_file
from tests.relayed_site import central_server, relaying_server
from tests.ui.conftest import MONDAY_MORNING, KioskUnderTest
from ui.app import KioskApplication

NIK: Final = "3174012504990001"
PHONE: Final = "081298765432"
EMAIL: Final = "siti.qyzzvx@contoh.id"
WORD: Final = "qyzzvx"
TYPED: Final = (f"skck {WORD}", NIK, PHONE, EMAIL, f"saya {WORD} {NIK}")
SERVICE: Final = "polda.skck-baru"

_ID: Final = re.compile(
    rb'"(?:origin|incarnation|device|device_id|ticket|ticket_id|session|server|signer|hlc)": ?"([0-9a-f]{16})"'
)
_PERSONAL: Final = {
    # province, regency, district, day (women: + 40), month, year, serial
    "nik": re.compile(
        rb"(?<![0-9a-fA-F])[1-9]\d{5}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}(?![0-9a-fA-F])"
    ),
    "phone": re.compile(rb"(?<![0-9a-zA-Z+/=])(?:\+62|62|0)8\d{8,11}(?![0-9a-zA-Z+/=])"),
    "email": re.compile(rb"[A-Za-z0-9._%+-]{3,}@[A-Za-z0-9-]{3,}\.[A-Za-z]{2,}"),
}


class Everything:
    """All that was written or sent, as it is and unpacked."""

    def __init__(self, folders: Iterable[Path], heard: Iterable[bytes]) -> None:
        self.pieces: dict[str, bytes] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    self._add(str(path), path.read_bytes())
        for number, stream in enumerate(heard):
            self._add(f"line {number}", bytes(stream))

    def finds(self, text: str) -> list[str]:
        spellings = {text.encode(), text.encode("utf-16-le"), text.upper().encode()}
        return [name for name, piece in self.pieces.items() if any(each in piece for each in spellings)]

    def looks_personal(self, public: bytes) -> list[tuple[str, str, bytes]]:
        """What is spelled like a person's data and stands neither in what was published nor for a device's id."""
        ids = {found for piece in self.pieces.values() for found in _ID.findall(piece)}
        return [
            (name, kind, found)
            for name, piece in self.pieces.items()
            for kind, pattern in _PERSONAL.items()
            for found in pattern.findall(piece)
            if found not in ids and found not in public
        ]

    def _add(self, name: str, raw: bytes) -> None:
        self.pieces[name] = raw
        for number, unpacked in enumerate(_unpacked(raw)):
            self.pieces[f"{name}, unpacked {number}"] = unpacked


def _unpacked(raw: bytes) -> Iterator[bytes]:
    """Whatever in it begins as gzip does."""
    start = raw.find(b"\x1f\x8b\x08")
    while start >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj(wbits=31).decompress(raw[start:], 2**24)
        start = raw.find(b"\x1f\x8b\x08", start + 1)


def test_the_search_for_personal_data_finds_it() -> None:
    haystack = Everything((), [b"x" + gzip.compress(f"a {NIK} b {PHONE} c {EMAIL} d".encode())])
    assert haystack.finds(NIK)
    assert {kind for _, kind, _ in haystack.looks_personal(b"")} == {"nik", "phone", "email"}


def test_nothing_that_a_visitor_types_is_kept_or_sent(
    tmp_path: Path, qapp: QGuiApplication, expected_logs: Logs
) -> None:
    expected_logs("server_lost")  # the line ends before the kiosk does
    configure_logging(tmp_path / "logs")
    structlog.configure(cache_logger_on_first_use=False)
    clock = FakeClock(MONDAY_MORNING)
    heard: list[bytearray] = []
    with ExitStack() as stack:
        central = stack.enter_context(central_server(tmp_path / "central", clock=clock))
        publish_files(central.node, catalogue_file(tmp_path / "files"), None)
        to_central = stack.enter_context(Proxy(record(central.url, heard)))
        code, _ = invite(central.node, Wish(HALL, DeviceKind.SITE, None, None, "Balai Uji"))
        enrol_site_server(str(code), tmp_path / "site", to_central.url, None)
        site = stack.enter_context(relaying_server(tmp_path / "site", to_central.url, clock=clock))
        publish_files(site.node, None, site_file(tmp_path / "files"))
        to_site = stack.enter_context(Proxy(record(site.url, heard)))
        code, _ = invite(site.node, Wish(HALL, DeviceKind.KIOSK, None, None, None))
        config = KioskConfig(
            data_dir=tmp_path / "kiosk",
            witness_dir=tmp_path / "witness",
            printer=PrinterConfig(device=f"sim:{tmp_path / 'slips'}"),
            sync=SyncConfig(server=to_site.url),
            screen=ScreenConfig(1080, 1920, 336.0, full_screen=False, animations=False),
        )
        enrol_kiosk(str(code), config)
        watching = threading.Thread(target=_watch, args=(to_site.url,))
        watching.start()
        stack.callback(watching.join)
        application = KioskApplication(config, clock)
        stack.callback(application.close)
        assert application.trouble is None
        application.show()
        kiosk = KioskUnderTest(application, clock, tmp_path / "slips")
        kiosk.wait_until(lambda: bool(kiosk.state.queues), "the hall")
        _visit(kiosk)
        kiosk.wait_until(lambda: site.node.contacts.of_site(HALL) != {}, "the server")
        kiosk.wait_until(lambda: b"event: queue" in b"".join(heard), "the live stream")
        kiosk.wait_until(lambda: _has_ticket(central.node), "the ticket at central")
        site.node.stream.close()
    everything = Everything(
        [tmp_path / name for name in ("kiosk", "witness", "site", "central", "slips", "logs")], map(bytes, heard)
    )
    lines = [piece for name, piece in everything.pieces.items() if name.startswith("line")]
    assert sum(b"ticket.issued" in piece for piece in lines) >= 2, "to the site and to central"
    assert any(b"slip_finished" in piece for piece in everything.pieces.values())
    for secret in (*TYPED, WORD):
        assert everything.finds(secret) == []
    assert everything.looks_personal(catalogue_bytes() + numbers_bytes() + site_bytes()) == []


def _has_ticket(node: Node) -> bool:
    with node.database.reading() as connection:
        return bool(newest_tickets(connection, HALL, None, 1).tickets)


def _visit(kiosk: KioskUnderTest) -> None:
    attendant = kiosk.attendant
    attendant.start()
    attendant.open_search()
    for words in TYPED:
        attendant.clear_query()
        attendant.type_text(words)
        kiosk.wait_until(partial(_is_answered, kiosk, words), f"the answer to {words}")
    attendant.open_service(SERVICE)
    attendant.take_ticket()
    attendant.answer_priority(is_priority=True)
    kiosk.wait_for(Screen.TICKET)


def _is_answered(kiosk: KioskUnderTest, words: str) -> bool:
    return kiosk.state.hits_of == words


def _watch(url: str) -> None:
    """As a board does, until the server ends it."""
    with httpx2.Client(base_url=url) as http, http.stream("GET", STREAM_PATH, timeout=PATIENCE_S) as stream:
        for _ in stream.iter_lines():
            pass
