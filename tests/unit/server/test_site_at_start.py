"""`--site FILE`: published when the file has changed, so that a restart undoes nothing."""

from pathlib import Path

import pytest

from kiosk.sync.wire import SnapshotKind
from server.node import Node, open_node
from server.publishing import publish_files
from server.run import Server
from server.settings import Role, ServerSettings
from server.site_at_start import MARK_FILE
from server.snapshots import at_hand, chosen, contents_of
from tests.postgresql import copy_server, database_of
from tests.published_hall import HALL, site_bytes, site_file

pytestmark = pytest.mark.usefixtures("on_both_databases")

FIRST, LATER, LAST = (site_bytes(timezone=f"Asia/{place}") for place in ("Jakarta", "Makassar", "Jayapura"))


def settings(folder: Path, file: Path | None = None) -> ServerSettings:
    return ServerSettings(Role.SITE, folder, database_of(folder), file)


def in_force(node: Node) -> bytes:
    own = node.identity.device_id
    with node.database.reading() as connection:
        return contents_of(connection, chosen(at_hand(connection, HALL), own)[SnapshotKind.SITE])


def started(folder: Path, file: Path) -> bytes:
    """What is in force once a server was started with `--site`."""
    with Server(settings(folder, file)) as server:
        return in_force(server.node)


def published(folder: Path, file: Path) -> None:
    node = open_node(settings(folder))
    try:
        publish_files(node, None, file)
    finally:
        node.close()


def test_a_restart_does_not_undo_what_was_published_since(tmp_path: Path) -> None:
    folder, file = tmp_path / "server", site_file(tmp_path / "start", FIRST)
    assert started(folder, file) == FIRST
    published(folder, site_file(tmp_path / "later", LATER))
    assert started(folder, file) == LATER
    site_file(tmp_path / "start", LAST)
    assert started(folder, file) == LAST


def test_a_database_that_was_put_back_gets_the_file_again(tmp_path: Path) -> None:
    folder, file = tmp_path / "server", site_file(tmp_path / "start", FIRST)
    assert started(folder, file) == FIRST
    copy_server(folder, tmp_path / "copy")
    site_file(tmp_path / "start", LATER)
    assert started(folder, file) == LATER
    mark = (folder / MARK_FILE).read_bytes()
    copy_server(tmp_path / "copy", folder)
    (folder / MARK_FILE).write_bytes(mark)
    assert started(folder, file) == LATER


def test_a_damaged_mark_is_no_hindrance(tmp_path: Path) -> None:
    folder, file = tmp_path / "server", site_file(tmp_path / "start", FIRST)
    assert started(folder, file) == FIRST
    (folder / MARK_FILE).write_text("{")
    assert started(folder, file) == FIRST
