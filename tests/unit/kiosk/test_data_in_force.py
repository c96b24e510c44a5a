import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig
from kiosk.data_in_force import DataPaths, load_in_force
from kiosk.errors import DataFileError
from kiosk.identity import load_or_create_identity
from kiosk.paths import resource_path
from kiosk.store.catalogue_snapshot import DataFiles, activate, in_force
from kiosk.store.writer import Store
from tests.conftest import Logs

CLOCK = FakeClock(datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
SHIPPED = DataPaths.of(KioskConfig())


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A copy of the shipped files that a test may break."""
    folder = tmp_path / "data"
    folder.mkdir()
    for path in (SHIPPED.catalogue, SHIPPED.numbers, SHIPPED.site):
        name = "site.json" if path == SHIPPED.site else path.name
        (folder / name).write_bytes(path.read_bytes())
    return DataPaths(folder / SHIPPED.catalogue.name, folder / "site.json")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "kiosk", CLOCK, load_or_create_identity(tmp_path)) as opened:
        yield opened


def truncated(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def tampered(raw: bytes) -> bytes:
    """Every `"id"` field renamed, or where there is none, the second service given the first one's number."""
    return raw.replace(b'"id"', b'"ix"') if b'"id"' in raw else raw.replace(b": 2,", b": 1,")


def test_the_default_files_are_those_that_ship() -> None:
    assert SHIPPED.numbers == resource_path("assets/catalogue/service-numbers.json")
    assert DataPaths.of(KioskConfig(site=Path("/srv/hall.json"))).site == Path("/srv/hall.json")


def test_whole_files_are_taken_and_kept(store: Store, paths: DataPaths) -> None:
    loaded = load_in_force(store, paths, CLOCK)
    assert loaded.refused is None
    assert len(loaded.catalogue.services) == 271
    kept = store.call(in_force)
    assert kept is not None
    assert kept.site == paths.site.read_bytes()


@pytest.mark.parametrize("broken", ["catalogue", "numbers", "site"])
@pytest.mark.parametrize("damage", [truncated, tampered, lambda _: b"", lambda _: b"\x00" * 4096, None])
def test_a_broken_file_leaves_the_last_good_ones_in_force(
    store: Store, paths: DataPaths, expected_logs: Logs, broken: str, damage: object
) -> None:
    expected_logs("data_file_refused")
    good = load_in_force(store, paths, CLOCK)
    path: Path = getattr(paths, broken)
    if callable(damage):
        path.write_bytes(damage(path.read_bytes()))
    else:
        path.unlink()
    loaded = load_in_force(store, paths, CLOCK)
    assert loaded.refused is not None
    assert loaded.refused.problems
    assert (loaded.catalogue, loaded.site) == (good.catalogue, good.site)


def test_a_good_site_does_not_mix_with_an_old_catalogue(store: Store, paths: DataPaths, expected_logs: Logs) -> None:
    expected_logs("data_file_refused")
    load_in_force(store, paths, CLOCK)
    paths.site.write_bytes(paths.site.read_bytes().replace(b"MPP Jakarta", b"MPP Betawi"))
    paths.catalogue.write_bytes(b"{")
    assert load_in_force(store, paths, CLOCK).site.short_name.id == "MPP Jakarta"


def test_repaired_files_are_taken_again(store: Store, paths: DataPaths, expected_logs: Logs) -> None:
    expected_logs("data_file_refused")
    load_in_force(store, paths, CLOCK)
    whole = paths.site.read_bytes()
    paths.site.write_bytes(whole[:100])
    assert load_in_force(store, paths, CLOCK).refused is not None
    paths.site.write_bytes(whole.replace(b"MPP Jakarta", b"MPP Betawi"))
    repaired = load_in_force(store, paths, CLOCK)
    assert repaired.refused is None
    assert repaired.site.short_name.id == "MPP Betawi"


def test_a_kiosk_that_never_had_good_files_says_what_is_wrong(store: Store, paths: DataPaths) -> None:
    paths.site.write_bytes(b"{")
    with pytest.raises(DataFileError, match=r"site\.json is not used, 1 problem"):
        load_in_force(store, paths, CLOCK)


def test_a_file_that_is_not_there_is_named_with_its_setting_and_whole_path(store: Store, paths: DataPaths) -> None:
    paths.site.unlink()
    with pytest.raises(DataFileError) as refused:
        load_in_force(store, paths, CLOCK)
    assert str(refused.value).startswith(f"site = {paths.site.absolute()} is not used, 1 problem:")


def test_a_snapshot_that_changed_in_the_database_is_not_used(store: Store, paths: DataPaths) -> None:
    load_in_force(store, paths, CLOCK)
    store.call(lambda db: db.conn.execute("UPDATE catalogue_snapshot SET raw = x'7b7d' WHERE kind = 'site'"))
    assert store.call(in_force) is None
    paths.site.write_bytes(b"{")
    with pytest.raises(DataFileError):
        load_in_force(store, paths, CLOCK)


def test_a_snapshot_that_this_version_cannot_read_does_not_hide_the_fault_of_today(
    store: Store, paths: DataPaths
) -> None:
    store.call(lambda db: activate(db, DataFiles(b'{"schema_version": 0}', b"{}", b"{}"), CLOCK.now()))
    paths.site.write_bytes(b"{")
    with pytest.raises(DataFileError, match=r"site\.json"):
        load_in_force(store, paths, CLOCK)


def test_the_same_files_are_not_written_again(store: Store, paths: DataPaths) -> None:
    load_in_force(store, paths, CLOCK)
    before = store.call(lambda db: db.conn.total_changes)
    load_in_force(store, paths, CLOCK)
    assert store.call(lambda db: db.conn.total_changes) == before


def test_the_three_files_change_together_or_not_at_all(store: Store, paths: DataPaths) -> None:
    load_in_force(store, paths, CLOCK)
    before = store.call(in_force)
    unstorable = DataFiles(b"new", b"new", None)  # type: ignore[arg-type]  # fails after the first two
    with pytest.raises(TypeError):
        store.call(lambda db: activate(db, unstorable, CLOCK.now()))
    assert store.call(in_force) == before


def test_the_log_names_every_problem(store: Store, paths: DataPaths, expected_logs: Logs) -> None:
    expected_logs("data_file_refused")
    load_in_force(store, paths, CLOCK)
    value = json.loads(paths.site.read_text("utf-8"))
    value["number"], value["address"] = 0, ""
    paths.site.write_text(json.dumps(value), "utf-8")
    loaded = load_in_force(store, paths, CLOCK)
    assert loaded.refused is not None
    assert {problem.path for problem in loaded.refused.problems} == {"number", "address"}
