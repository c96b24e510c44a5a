"""What only PostgreSQL does: refuse to start unsafe, keep turns, come back after a lost connection."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, LiteralString

import httpx2
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError

from bench.postgresql import Cluster, NoPostgresError, TemplateDatabases, running_cluster
from kiosk.clock import SystemClock
from kiosk.domain.events import DAY_OPENED
from kiosk.errors import StoreError, StoreFullError, StoreLockedError, StoreReadOnlyError, StoreTooNewError
from server import postgresql_engine, verification
from server import rebuild as rebuilding
from server.database import Database, lock_site, open_database, store_error
from server.node import open_node
from server.schema import events, metadata, server_epoch, sites
from tests.paired_kiosk import PATIENCE_S, site_server
from tests.postgresql import settings_on

SECRET = "Rahas1a!"  # no sentence may show it


@pytest.fixture
def database(tmp_path: Path, postgresql_url: str) -> Iterator[Database]:
    with closing(open_on(tmp_path, postgresql_url)) as database:
        yield database


def open_on(folder: Path, url: str) -> Database:
    return open_database(settings_on(folder, url), SystemClock())


def refusal(folder: Path, url: str) -> StoreError:
    with pytest.raises(StoreError) as refused:
        open_on(folder, url)
    assert SECRET not in str(refused.value)
    assert "\n" not in str(refused.value)
    return refused.value


def test_migrations_make_exactly_the_schema(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert database.epoch() == 1


def test_two_servers_that_start_at_once_migrate_once(tmp_path: Path, postgresql: Cluster) -> None:
    url = postgresql.create("two_starts")
    with ThreadPoolExecutor(4) as starts:
        for database in starts.map(lambda _: open_on(tmp_path, url), range(4)):
            assert database.epoch() == 1
            database.close()
    postgresql.drop("two_starts")


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgres"])
def test_every_way_to_write_the_scheme_is_understood(tmp_path: Path, postgresql_url: str, scheme: str) -> None:
    open_on(tmp_path, postgresql_url.replace("postgresql", scheme, 1)).close()


def test_database_that_is_not_there_is_told_how_to_make(tmp_path: Path, postgresql: Cluster) -> None:
    assert "createdb" in str(refusal(tmp_path, postgresql.url("nowhere")))


def test_user_who_is_not_known_is_told(tmp_path: Path, postgresql: Cluster) -> None:
    url = postgresql.url("postgres").replace("giliran@", f"stranger:{SECRET}@")
    assert "user is not let in" in str(refusal(tmp_path, url))


def test_wrong_password_is_told_and_never_shown(tmp_path: Path) -> None:
    with running_cluster(in_memory=True) as cluster:
        (cluster.socket_folder / "data" / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        with psycopg.connect(cluster.url("postgres")) as connection:
            connection.execute("SELECT pg_reload_conf()")
        url = cluster.url("postgres")
        for wrong in (url.replace("giliran@", f"giliran:{SECRET}@"), f"{url}&password={SECRET}", url):
            assert "password" in str(refusal(tmp_path, wrong)).partition("(")[0]


def test_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    url = f"postgresql://giliran:{SECRET}@/giliran?host={tmp_path}"
    assert "whether it runs and can be reached" in str(refusal(tmp_path, url))


@pytest.mark.parametrize("url", ["postgresql:", f"postgresql://giliran:{SECRET}@host:port/x"])
def test_what_is_no_url_is_told_how_to_write(tmp_path: Path, url: str) -> None:
    assert "postgresql://USER@HOST/DATABASE" in str(refusal(tmp_path, url))


def test_missing_client_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "install libpq5" in str(refusal(tmp_path, "postgresql://giliran@/giliran"))


def test_acknowledging_before_the_disk_has_it_is_refused(tmp_path: Path, postgresql_url: str) -> None:
    _configure(postgresql_url, "synchronous_commit = off")
    assert "synchronous_commit = off" in str(refusal(tmp_path, postgresql_url))


def test_later_change_of_the_configuration_makes_no_acknowledgement_a_hope(
    database: Database, postgresql_url: str
) -> None:
    _configure(postgresql_url, "synchronous_commit = off")
    _end_all_others(postgresql_url)
    with database.writing() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"


def test_disk_that_is_never_waited_for_is_refused(tmp_path: Path) -> None:
    with running_cluster(in_memory=True, fsync="off") as cluster:
        assert "fsync = off" in str(refusal(tmp_path, cluster.url("postgres")))


def test_other_encoding_is_refused(tmp_path: Path, postgresql: Cluster) -> None:
    with psycopg.connect(postgresql.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE old_words ENCODING 'SQL_ASCII' TEMPLATE template0")
    assert "createdb --encoding UTF8" in str(refusal(tmp_path, postgresql.url("old_words")))
    postgresql.drop("old_words")


def test_user_who_may_make_no_table_is_told(tmp_path: Path, postgresql: Cluster) -> None:
    url = postgresql.create("of_another")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
    assert "owner of the database" in str(refusal(tmp_path, url.replace("giliran@", "guest@")))
    postgresql.drop("of_another")


def test_database_of_a_newer_program_is_refused(tmp_path: Path, database: Database, postgresql_url: str) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNewError, match="newer version"):
        open_on(tmp_path, postgresql_url)


def test_reader_sees_one_moment_and_changes_nothing(database: Database) -> None:
    with database.reading() as reading:
        before = reading.execute(select(sites)).all()
        with database.writing() as writing:
            writing.execute(insert(sites).values(site_id="hall", timezone="Asia/Jakarta"))
        assert reading.execute(select(sites)).all() == before == []
    with pytest.raises(InternalError) as refused, database.reading() as reading:
        reading.execute(insert(sites).values(site_id="other", timezone="Asia/Jakarta"))
    assert isinstance(store_error(refused.value), StoreReadOnlyError)


def test_a_check_may_take_longer_than_a_request(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    patience: list[str] = []

    def count(connection: Connection) -> int:
        patience.append(connection.execute(text("SHOW statement_timeout")).scalar_one())
        return 0

    for module in (verification, rebuilding):
        monkeypatch.setattr(module, "count_events", count)
    verification.verify_database(database)
    rebuilding.rebuild(database)
    with database.reading() as connection:
        count(connection)
    assert patience == ["0", "0", "30s"]


def test_writers_of_one_site_take_turns_and_of_two_do_not_wait(database: Database) -> None:
    entered, order = threading.Event(), []

    def second() -> None:
        with database.writing() as connection:
            entered.set()
            lock_site(connection, "one")
            order.append("second")

    with ThreadPoolExecutor(1) as other:
        with database.writing() as connection:
            lock_site(connection, "one")
            waiting = other.submit(second)
            assert entered.wait(PATIENCE_S)
            with database.writing() as elsewhere:
                lock_site(elsewhere, "two")
                order.append("elsewhere")
            order.append("first")
        waiting.result(PATIENCE_S)
    assert order == ["elsewhere", "first", "second"]


def test_own_log_of_many_threads_is_one_chain(tmp_path: Path, postgresql_url: str) -> None:
    node = open_node(settings_on(tmp_path, postgresql_url))

    def write(day: int) -> None:
        with node.database.writing() as connection:
            body = {"service_day": f"2026-11-{day:02d}", "clock_trusted": True}
            node.own_log.append(connection, "hall", DAY_OPENED, body)

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(write, range(1, 29)))
    with node.database.reading() as connection:
        held = connection.execute(select(events.c.sequence).where(events.c.site_id == "hall")).scalars().all()
    node.close()
    assert sorted(held) == list(range(1, 30))


def test_connections_that_died_while_idle_fail_no_request(database: Database, postgresql_url: str) -> None:
    assert database.epoch() == 1
    _end_all_others(postgresql_url)
    assert database.epoch() == 1


def test_connection_that_died_without_a_word_is_asked_after_a_rest(
    database: Database, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a router forgot it: nothing has come on its line."""
    monkeypatch.setattr(postgresql_engine, "_has_spoken", lambda _: False)
    monkeypatch.setattr(postgresql_engine, "_ASKED_AFTER_S", 0.0)
    assert database.epoch() == 1
    _end_all_others(postgresql_url)
    assert database.epoch() == 1


def test_connection_that_dies_in_a_transaction_fails_that_one_alone(database: Database, postgresql_url: str) -> None:
    def ask_twice() -> None:
        with database.writing() as connection:
            connection.execute(select(server_epoch))
            _end_all_others(postgresql_url)
            connection.execute(select(server_epoch))

    with pytest.raises(OperationalError) as lost:
        ask_twice()
    assert isinstance(store_error(lost.value), StoreLockedError)
    assert database.epoch() == 1


def test_server_says_when_its_database_only_reads(tmp_path: Path, postgresql_url: str) -> None:
    with site_server(tmp_path, database=postgresql_url) as server, httpx2.Client(base_url=server.url) as http:
        assert http.get("/readyz").status_code == 200
        _configure(postgresql_url, "default_transaction_read_only = on")
        _end_all_others(postgresql_url)
        refused = http.get("/readyz")
        assert refused.status_code == 503
        assert refused.json()["reasons"][0]["code"] == "database"
        assert "read-only" in refused.json()["reasons"][0]["sentence"]


@pytest.mark.parametrize(
    ("code", "kind"), [("53100", StoreFullError), ("55P03", StoreLockedError), ("58030", StoreError)]
)
def test_faults_are_known_by_their_code(code: str, kind: type[StoreError]) -> None:
    fault: Any = psycopg.errors.lookup(code)("gangguan")  # whatever language the server speaks
    assert type(store_error(DBAPIError(None, None, fault))) is kind


def test_clusters_end_with_the_block_and_copies_with_theirs(postgresql_databases: TemplateDatabases) -> None:
    with postgresql_databases.fresh() as url:
        psycopg.connect(url).close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    with pytest.raises(NoPostgresError, match="nonsense"), running_cluster(nonsense="1"):
        pytest.fail("it started")


def _configure(url: str, setting: LiteralString) -> None:
    """For the connections to come."""
    statement = sql.SQL("ALTER DATABASE {} SET " + setting)
    with psycopg.connect(url) as connection:
        connection.execute(statement.format(sql.Identifier(connection.info.dbname)))


def _end_all_others(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
