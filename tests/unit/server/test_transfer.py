"""A kiosk's log carried on a stick: what the server lacks gets in, once, and only from a kiosk that it let in."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlite_utils import Database

from kiosk.clock import FakeClock, SystemClock
from kiosk.errors import IdentityError
from kiosk.export import Exported, ExportError, export
from kiosk.export_file import MAX_HEADER_BYTES, ExportFileError, check_body, read_events, read_header
from kiosk.identity import FILE_NAME as IDENTITY_FILE
from kiosk.identity import Identity, load_or_create_identity
from kiosk.store.database import open_database, transaction
from kiosk.store.log import acknowledge, heads, read_after
from kiosk.store.writer import DATABASE_NAME, Store
from kiosk.sync.wire import MAX_BATCH_EVENTS, MAX_EVENT_BYTES
from server.epochs import Fences
from server.node import Node, open_node
from server.problems import RefusedError
from server.schema import devices, forks
from server.settings import Role, ServerSettings
from server.transfer import Imported, import_file
from tests.conftest import Logs
from tests.paired_kiosk import SITE, PairedKiosk, held, pair, paired_kiosk, site_server
from tests.postgresql import database_of
from tests.small_hall import MONDAY_10_00, request, running_kiosk

pytestmark = pytest.mark.usefixtures("on_both_databases")

NOWHERE = "http://127.0.0.1:9"


class Place:
    """A hall's two data folders, and a stick."""

    def __init__(self, folder: Path) -> None:
        self.kiosk = folder / "kiosk"
        self.server = folder / "server"
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.identity: Identity = pair(self.kiosk, self.server)

    def issue(self, *numbers: int) -> None:
        """As a kiosk on its own does, in one more start."""
        with running_kiosk(self.kiosk) as machine:
            for number in numbers:
                machine.issuing.issue(request(str(number)))

    def export(self, **options: Any) -> Exported:
        return export(self.kiosk, self.stick, FakeClock(MONDAY_10_00), **options)

    def file(self, **options: Any) -> Path:
        path = self.export(**options).path
        assert path is not None
        return path

    @contextmanager
    def node(self) -> Iterator[Node]:
        node = open_node(ServerSettings(Role.SITE, self.server, database_of(self.server)))
        try:
            yield node
        finally:
            node.close()

    def bring(self, file: Path, **options: Any) -> Imported:
        with self.node() as node:
            return import_file(node, file, **options)[1]

    def log(self) -> dict[str, list[bytes]]:
        """As the kiosk keeps it."""
        with self._stopped() as db:
            return {
                head.incarnation: [event.raw for event in read_after(db, head.incarnation, 0, 10**6, 10**9)]
                for head in heads(db)
            }

    def held(self) -> dict[str, list[bytes]]:
        return {incarnation: list(events) for incarnation, events in held(self.server, self.identity.device_id).items()}

    def acknowledge(self, sequences: dict[str, int]) -> None:
        """As the kiosk would note it for central."""
        with self._stopped() as db, transaction(db):
            for incarnation, sequence in sequences.items():
                acknowledge(db, incarnation, sequence, "central")

    @contextmanager
    def _stopped(self) -> Iterator[Database]:
        db = open_database(self.kiosk / DATABASE_NAME)
        try:
            yield db
        finally:
            db.close()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_log_is_carried_byte_for_byte_and_again_is_harmless(place: Place) -> None:
    place.issue(1, 2)
    place.issue(3)
    before = place.log()
    done = place.bring(place.file())
    assert (done.new, done.known, done.refused) == (sum(map(len, before.values())), 0, {})
    assert place.held() == before
    again = place.bring(place.file())
    assert (again.new, again.known) == (0, done.new)


def test_many_events_go_in_batches_of_the_protocol(place: Place) -> None:
    place.issue(1)
    with Store.open(place.kiosk, SystemClock(), place.identity) as store:
        PairedKiosk(store, place.identity, NOWHERE).write(1234)
        told: list[tuple[int, int]] = []
        done = place.bring(place.file(), progress=(lambda *_: None, lambda *step: told.append(step)))
    assert done.new == 1238
    counts = [0, *(count for count, _ in told)]
    assert (counts[1], told[-1]) == (3, (1238, 1238))
    assert all(0 < after - before <= MAX_BATCH_EVENTS for before, after in pairwise(counts))


def test_what_central_holds_stays_at_home_unless_all_is_asked_for(place: Place) -> None:
    place.issue(1)
    place.issue(2)
    place.acknowledge({incarnation: len(events) - 1 for incarnation, events in place.log().items()})
    done = place.export()
    assert done.header is not None
    assert [chain.first for chain in done.header.chains] == [3, 2]
    everything = place.export(everything=True).header
    assert everything is not None
    assert [chain.first for chain in everything.chains] == [1, 1]


def test_where_central_holds_everything_no_file_is_written(place: Place) -> None:
    place.issue(1)
    place.acknowledge({incarnation: len(events) for incarnation, events in place.log().items()})
    assert place.export() == Exported(None)
    assert list(place.stick.iterdir()) == []
    assert place.file(everything=True).exists()


def test_a_running_kiosk_exports_and_nothing_comes_twice_when_it_meets_its_server(place: Place) -> None:
    with running_kiosk(place.kiosk) as machine:
        for visitor in range(40):
            machine.issuing.issue(request(str(visitor)))
        assert place.bring(place.file()).new == 42
    with site_server(place.server) as server, paired_kiosk(place.kiosk, place.identity, server.url) as kiosk:
        kiosk.issue(3)
        kiosk.wait_until_synced()
        log = {incarnation: list(events) for incarnation, events in kiosk.log().items()}
    assert place.held() == log


def test_a_gap_is_said_and_the_rest_is_taken(place: Place, expected_logs: Logs) -> None:
    expected_logs("batch_refused")
    place.issue(1)
    place.issue(2)
    first, second = place.log()
    place.acknowledge({first: 2})
    done = place.bring(place.file())
    assert list(done.refused) == [first]
    assert "--all" in done.refused[first]
    assert second in place.held()
    assert place.bring(place.file(everything=True)).is_good


def test_another_history_is_an_alarm(place: Place, expected_logs: Logs) -> None:
    expected_logs("batch_refused", "fork_seen")
    place.issue(1)
    place.bring(place.file())
    with place.node() as node, node.database.writing() as connection:
        connection.exec_driver_sql("UPDATE events SET hash = upper(hash) WHERE sequence = 2")
    done = place.bring(place.file())
    assert (done.is_good, done.forks) == (False, 1)
    with place.node() as node, node.database.reading() as connection:
        assert connection.execute(select(forks.c.sequence)).scalars().all() == [2]


def test_a_kiosk_that_was_never_let_in_is_refused(place: Place) -> None:
    place.issue(1)
    with place.node() as node, node.database.writing() as connection:
        connection.execute(update(devices).values(device_id="ab" * 8))
    with pytest.raises(ExportFileError, match="never let in here"):
        place.bring(place.file())


def test_a_key_that_only_looks_like_the_device_is_refused(place: Place) -> None:
    place.issue(1)
    with place.node() as node, node.database.writing() as connection:
        connection.execute(update(devices).values(public_key=bytes(32)))
    with pytest.raises(ExportFileError, match="another key"):
        place.bring(place.file())


def test_a_revoked_kiosk_is_believed_only_when_a_person_says_so(place: Place) -> None:
    place.issue(1)
    with place.node() as node, node.database.writing() as connection:
        connection.execute(update(devices).values(revoked_at_ms=1))
    with pytest.raises(ExportFileError, match="was shut out"):
        place.bring(place.file())
    assert place.bring(place.file(), even_revoked=True).new == 3


def test_a_server_that_was_replaced_takes_nothing(place: Place, expected_logs: Logs) -> None:
    expected_logs("server_fenced")
    place.issue(1)
    with place.node() as node:
        Fences(node.database, Role.SITE, 1).note(SITE, Role.SITE, 2, "ab" * 8, 1)
    with pytest.raises(RefusedError, match="epoch 2"):
        place.bring(place.file())
    assert place.held() == {}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda raw: raw.replace(SITE.encode(), b"other-hall", 1), "was changed after its kiosk signed it"),
        (lambda raw: raw.replace(b"dukcapil.ktp", b"dukcapil.kk1", 1), "is not as its kiosk wrote it"),
        (lambda raw: raw[:-40], "is damaged"),
        (lambda raw: raw[: raw.rindex(b"\n", 0, -1) + 1], "is not as its kiosk wrote it"),
        (lambda raw: raw + raw.splitlines(keepends=True)[-1], "is not as its kiosk wrote it"),
        (lambda raw: raw + b"x" * (MAX_EVENT_BYTES + 2), "a line is too long"),
        (lambda raw: b"x" * MAX_HEADER_BYTES + raw, "is no export"),
        (lambda _: b"{}\n\n", "is no export"),
        (lambda _: b"", "is no export"),
    ],
)
def test_a_file_that_was_changed_is_refused_whole(place: Place, change: Any, sentence: str) -> None:
    place.issue(1)
    file = place.file()
    file.write_bytes(gzip.compress(change(gzip.decompress(file.read_bytes()))))
    with pytest.raises(ExportFileError, match=sentence):
        place.bring(file)
    assert place.held() == {}


def test_a_file_that_is_torn_or_no_gzip_is_refused(place: Place) -> None:
    place.issue(1)
    file = place.file()
    whole = file.read_bytes()
    for broken in (whole[: len(whole) // 2], whole[:-4], b"PK\3\4 no gzip", whole[:40] + bytes(60) + whole[100:]):
        file.write_bytes(broken)
        with pytest.raises(ExportFileError):
            place.bring(file)
    with pytest.raises(ExportFileError, match="cannot be read"):
        place.bring(place.stick / "not there.gz")


def test_the_file_holds_no_more_than_its_header_says(place: Place) -> None:
    place.issue(1, 2)
    file = place.file()
    header = read_header(file)
    check_body(file)
    events = list(read_events(file))
    assert len(events) == header.events == sum(chain.last - chain.first + 1 for chain in header.chains)
    assert header.device == place.identity.device_id
    assert [path.name for path in place.stick.iterdir()] == [f"giliran-{header.device}-20261123T030000Z.log.gz"]


def test_no_stick_no_key_and_no_database_are_said(place: Place, tmp_path: Path) -> None:
    place.issue(1)
    with pytest.raises(ExportError, match="put the stick in"):
        export(place.kiosk, tmp_path / "not mounted", SystemClock())
    with pytest.raises(ExportError, match="name the data folder of a kiosk"):
        export(tmp_path, place.stick, SystemClock())
    (place.kiosk / IDENTITY_FILE).unlink()
    with pytest.raises(IdentityError, match="There is no key"):
        place.export()
    load_or_create_identity(place.kiosk)
    with pytest.raises(ExportError, match="not that of the kiosk"):
        place.export()
    assert list(place.stick.iterdir()) == []


def test_by_the_commands(place: Place, tmp_path: Path) -> None:
    place.issue(1, 2)
    (tmp_path / "kiosk.toml").write_text(f'data_dir = "{place.kiosk}"')
    at = ["--data", str(place.server)]
    if url := database_of(place.server):
        at += ["--database", url]

    def giliran(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "giliran.py", *words], check=False, capture_output=True, text=True)

    made = giliran("export", "--config", str(tmp_path / "kiosk.toml"), "--out", str(place.stick), "--json")
    assert (made.returncode, made.stderr) == (0, "")
    facts = json.loads(made.stdout)
    assert facts["events"] == 4
    taken = giliran("server", "import", facts["file"], *at)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert "4 events are new here, 0 were here already." in taken.stdout
    again = json.loads(giliran("server", "import", facts["file"], *at, "--json").stdout)
    assert (again["ok"], again["new"], again["known"]) == (True, 0, 4)
    assert giliran("export", "--out", str(place.stick)).returncode == 2
    lost = giliran("export", "--data", str(place.kiosk), "--out", str(tmp_path / "away"))
    assert (lost.returncode, lost.stderr.count("\n")) == (1, 1)
