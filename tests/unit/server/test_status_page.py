"""The technician's page: what it says of every state, that no name can do anything in it, that it needs no network."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest

from kiosk.clock import FakeClock
from kiosk.identity import Identity, new_identity
from kiosk.paths import resource_path
from kiosk.sync.status import SyncState, SyncStatus
from kiosk.sync.wire import DeviceKind, Health, ProblemCode
from server.devices import DeviceRecord
from server.enrolment import admit, revoke
from server.forks import ForkKind, record_fork
from server.publishing import publish_files
from server.refusals import RefusedBatch
from server.run import Server
from server.status_page import FONTS
from server.status_words import WORDS
from tests.paired_kiosk import SITE, site_server
from tests.relayed_site import central_server
from tests.written_log import WrittenLog

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""12.00 in Jakarta."""


class Page(HTMLParser):
    """What a browser makes of it: words, tags, cells."""

    VOID = ("meta", "link", "br", "img", "input", "circle", "path", "rect")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], "a tag is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style" and data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock, on_both_databases: None) -> Iterator[Server]:
    with site_server(tmp_path, clock=clock) as server:
        yield server


def page(server: Server, query: str = "") -> Page:
    answer = httpx2.get(f"{server.url}/{query}")
    assert answer.status_code == 200
    return Page(answer.text)


def let_in(server: Server, number: int = 1, name: str = "Anjungan lobi", **said: Any) -> Identity:
    """`said`: of its health; nothing: it was never heard of."""
    identity = new_identity()
    letter = "ABCDE"[number - 1]
    admit(server.node, DeviceRecord(identity.device_id, identity.public_key, SITE, number, letter, name))
    if said:
        report(server, identity, **said)
    return identity


def report(server: Server, identity: Identity, site: str = SITE, **said: Any) -> None:
    facts = {"program": "0.1.0", "at": server.node.clock.now(), "clock_trusted": True, "printer": "ready"}
    server.node.contacts.note(site, identity.device_id, (), Health.model_validate(facts | said))


def test_who_comes_first_is_told_how_to_pair(server: Server) -> None:
    text = page(server).text
    assert "Belum ada anjungan yang disandingkan" in text
    assert f"giliran server invite --data {server.node.data_dir}" in text
    assert "Server siap" in text
    assert "giliran enrol CODE --config kiosk.toml" in page(server, "?lang=en").text


def test_all_is_well(server: Server) -> None:
    let_in(server, alarms=0)
    text = page(server).text
    assert "Semua berjalan baik" in text
    assert "1 dari 1 perangkat terdengar" in text
    assert "Senin, 23 November 2026 · 12.00 WIB" in text
    assert "Tanpa server pusat" in text
    assert "Yang perlu dikerjakan" not in text


@pytest.mark.parametrize(
    ("said", "headline", "task"),
    [
        ({"printer": "no_paper"}, "Perlu tindakan", "Printer: kertas habis. Pasang gulungan baru."),
        ({"printer": "paper_low"}, "Ada yang perlu dilihat", "Siapkan gulungan baru."),
        ({"alarms": 1, "details": ("Two histories.",)}, "Perlu tindakan", "Two histories."),
        ({"clock_trusted": False}, "Ada yang perlu dilihat", "Jamnya tidak dapat dipercaya."),
        ({"at": NOON + timedelta(seconds=90)}, "Ada yang perlu dilihat", "Jamnya berbeda 1 mnt 30 dtk"),
        (
            {"backlog": 1200, "oldest_unsent": NOON - timedelta(hours=2)},
            "Ada yang perlu dilihat",
            "1.200 catatan belum sampai di sini, tertua 2 jam.",
        ),
        ({"disk_free_bytes": 300_000_000}, "Ada yang perlu dilihat", "tinggal 300 MB"),
    ],
)
def test_trouble_of_a_device_is_told_with_what_to_do(
    server: Server, said: dict[str, Any], headline: str, task: str
) -> None:
    let_in(server, **said)
    text = page(server).text.replace("\N{NO-BREAK SPACE}", " ")
    assert headline in text
    assert task in text


def test_device_that_falls_silent_is_the_first_thing_told(server: Server, clock: FakeClock) -> None:
    let_in(server, 1, "Anjungan pertama", printer="paper_low")
    silent = let_in(server, 2, "Anjungan kedua", alarms=0)
    clock.advance(timedelta(minutes=12))
    assert "Tidak terdengar selama 12 mnt" in page(server).text
    report(server, silent)
    let_in(server, 3, "Belum datang")
    text = page(server).text
    assert text.index("Anjungan pertama") < text.index("Belum terhubung")


def test_nobody_is_called_silent_right_after_a_restart(server: Server, clock: FakeClock) -> None:
    let_in(server, alarms=0)
    clock.advance(timedelta(seconds=29))
    text = page(server).text
    assert "Menunggu kabar" in text
    assert "Semua berjalan baik" not in text
    assert "Tidak terdengar" not in text
    clock.advance(timedelta(seconds=1))
    assert "Tidak terdengar selama 30 dtk" in page(server).text


def test_page_is_not_green_where_no_device_was_ever_heard(server: Server, clock: FakeClock) -> None:
    let_in(server, 1)
    let_in(server, 2, "Lain")
    assert "Menunggu kabar" in page(server).text
    clock.advance(timedelta(minutes=1))
    text = page(server).text
    assert "Ada yang perlu dilihat" in text
    assert "Tidak satu perangkat pun terdengar (0 dari 2)" in text


def test_page_is_not_green_while_central_has_not_answered(server: Server, clock: FakeClock) -> None:
    server.node.relay.tell(SyncStatus(SyncState.OFFLINE, detail="The server cannot be reached: no connection in time."))
    text = page(server).text
    assert "Menunggu kabar" in text
    assert "Server siap" not in text
    clock.advance(timedelta(minutes=5))
    assert "Pusat tidak terjangkau selama 5 mnt" in page(server).text


def test_server_tells_its_own_troubles(server: Server, clock: FakeClock) -> None:
    let_in(server, alarms=0)
    server.node.relay.tell(
        SyncStatus(SyncState.OFFLINE, NOON - timedelta(hours=3), 18_230, NOON - timedelta(hours=4), "No answer.")
    )
    text = page(server, "?lang=en").text
    assert "Central has been out of reach for 3 h; the hall goes on." in text
    assert "18,230" in text
    assert "oldest 4 h" in text
    clock.jump(datetime(2019, 1, 1, tzinfo=UTC))
    assert "clock not trusted" in page(server, "?lang=en").text


def test_what_was_refused_parked_and_forked_is_shown(server: Server) -> None:
    kiosk = let_in(server, alarms=0)
    assert "Tidak ada catatan yang ditolak, diparkir, atau bercabang." in page(server).text
    key = (SITE, kiosk.device_id, "ab" * 8, 7)
    with server.node.database.writing() as connection:
        record_fork(connection, ForkKind.SAME_PARENT, key, ("f" * 64, None), round(NOON.timestamp() * 1000))
    server.node.refusals.note_batch(RefusedBatch(NOON, SITE, kiosk.device_id, ProblemCode.GAP, "event 7 is expected"))
    log = WrittenLog(kiosk.device_id)
    log.write("unheard.of", {})
    with server.node.database.writing() as connection:
        log.push(connection)
    text = page(server).text
    assert "cakram dipulihkan atau disalin" in text
    assert "gap: event 7 is expected" in text
    assert "1 catatan disimpan dan diteruskan, tetapi belum dapat ditampilkan" in text


def test_queues_of_the_day_in_force_are_shown(server: Server) -> None:
    kiosk = let_in(server, alarms=0)
    assert "Belum ada nomor yang keluar hari ini." in page(server).text
    log = WrittenLog(kiosk.device_id)
    for number in (1, 2, 3):
        log.issue(number)
    with server.node.database.writing() as connection:
        log.push(connection)
    server.node.service_days.open_due(server.node.database)
    assert "3 nomor hari ini, 3 menunggu" in page(server).text


def test_hall_goes_by_its_published_name(server: Server) -> None:
    publish_files(server.node, None, resource_path("assets/sites/mpp-jakarta.json"))
    identity = new_identity()
    admit(server.node, DeviceRecord(identity.device_id, identity.public_key, "mpp-jakarta", 1, "A", "Anjungan 1"))
    assert "MPP Jakarta" in page(server).text


def test_revoked_devices_are_only_counted(server: Server) -> None:
    lost = let_in(server, 1, "Anjungan hilang", alarms=0)
    revoke(server.node, SITE, lost.device_id)
    text = page(server).text
    assert "Anjungan hilang" not in text
    assert "1 perangkat sudah dicabut" in text


def test_database_that_fails_is_told_and_not_raised(server: Server) -> None:
    let_in(server, alarms=0)
    with server.node.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE devices RENAME TO gone")
    text = page(server).text
    assert "Perlu tindakan" in text
    assert "Basis data tidak menjawab" in text


@pytest.mark.usefixtures("on_both_databases")
def test_central_shows_its_sites(tmp_path: Path, clock: FakeClock) -> None:
    with central_server(tmp_path, clock=clock) as server:
        assert "--kind site" in page(server).text
        for site, name in (("one", "MPP Satu"), ("two", "MPP Dua")):
            identity = new_identity()
            record = DeviceRecord(identity.device_id, identity.public_key, site, None, None, name, DeviceKind.SITE)
            admit(server.node, record)
            report(server, identity, site, printer="")
        clock.advance(timedelta(minutes=2))
        text = page(server, "?lang=en").text
        assert "All is well" in text
        assert "Site server · two" in text
        clock.advance(timedelta(minutes=2))
        assert "MPP Satu (one)" in page(server, "?lang=en").text


NASTY = "<script>alert(1)</script>\"'&{{7*7}}"


def test_whatever_comes_from_outside_is_inert(server: Server) -> None:
    """A4: names, programs, printers, details, reasons."""
    let_in(server, name=NASTY, program=NASTY[:40], printer="<img src=x>", alarms=1, details=(NASTY,))
    server.node.refusals.note_batch(RefusedBatch(NOON, SITE, NASTY, ProblemCode.GAP, NASTY))
    server.node.relay.tell(SyncStatus(SyncState.REFUSED, detail=NASTY))
    shown = page(server, "?lang=%3Cscript%3E")
    assert NASTY in shown.text
    assert not {"script", "img"} & {tag for tag, _ in shown.tags}
    assert not [name for _, attributes in shown.tags for name in attributes if name.startswith("on") or name == "style"]


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(server: Server) -> None:
    let_in(server, alarms=0)
    answer = httpx2.get(server.url)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    for foreign in ("http:", "https:", "//", "<script", "<link", "@import", "<iframe", "javascript:"):
        assert foreign not in answer.text
    for url in re.findall(r"url\(([^)#]+)\)", answer.text):
        font = httpx2.get(f"{server.url}{url}")
        assert (font.status_code, font.headers["Content-Type"]) == (200, "font/ttf")
        assert "immutable" in font.headers["Cache-Control"]
    assert len(re.findall(r"url\(/fonts/", answer.text)) == len(FONTS)
    for name in ("..%2f..%2fgiliran", "Light", "LICENSE"):
        assert httpx2.get(f"{server.url}/fonts/{name}.ttf").status_code == 404


def test_page_can_be_read_without_eyes(server: Server) -> None:
    let_in(server, alarms=0)
    let_in(server, 2, "Lain")
    tags = page(server).tags
    assert ("html", {"lang": "id"}) in tags
    assert ("meta", {"http-equiv": "refresh", "content": "10"}) in tags
    (table,) = (attributes for tag, attributes in tags if tag == "table")
    assert table == {"role": "table"}  # a phone shows it as cards, and then it is still a table
    assert [tag for tag, _ in tags].count("caption") == 1
    scopes = [attributes["scope"] for tag, attributes in tags if tag == "th"]
    assert scopes.count("row") == 2
    assert all(scopes)
    for tag, attributes in tags:
        if tag == "svg":
            assert attributes["aria-hidden"] == "true", "its word stands beside it"
    assert [tag for tag, _ in tags if tag in ("h1", "main", "header", "footer")] == ["header", "h1", "main", "footer"]


def test_every_word_exists_in_both_languages() -> None:
    for name, text in WORDS.items():
        assert text.id, name
        assert text.en, name
        assert set(re.findall(r"\{\w+\}", text.id)) == set(re.findall(r"\{\w+\}", text.en)), name


TEXT_ON_GROUND = [
    ("ink", "paper"), ("ink", "card"), ("ink", "accent-tint"), ("ink", "warning-tint"), ("ink", "good-tint"),
    ("ink", "primary-tint"), ("soft-ink", "paper"), ("soft-ink", "card"), ("soft-ink", "primary-tint"),
    ("soft-ink", "warning-tint"), ("soft-ink", "accent-tint"), ("good", "good-tint"),
    ("warning", "warning-tint"), ("unknown", "unknown-tint"),
    ("primary", "card"), ("primary", "paper"), ("primary-ink", "primary"), ("hero-soft", "primary"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_has_a_contrast_of_seven_to_one(text: str, ground: str) -> None:
    style = resource_path("server/pages/status.css").read_text("utf-8")
    colours = dict(re.findall(r"--([a-z-]+):#([0-9A-F]{6})", style))
    lighter, darker = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 7


def _luminance(colour: str) -> float:
    """WCAG 2.2."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
