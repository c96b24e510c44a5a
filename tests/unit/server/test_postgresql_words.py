"""What PostgreSQL says when it lets nobody in, and what the operator is told to do about it."""

import psycopg
import pytest

from kiosk.errors import StoreLockedError
from server.postgresql_engine import postgresql_error

_BEFORE = 'connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: FATAL:  '


@pytest.mark.parametrize(
    "words",
    [
        "the database system is starting up",
        "the database system is in recovery mode",
        "the database system is not yet accepting connections\nDETAIL:  No consistent recovery state was reached yet.",
        "the database system is not accepting connections\nDETAIL:  Hot standby mode is disabled.",
    ],
)
def test_one_that_starts_or_recovers_is_waited_for(words: str) -> None:
    told = postgresql_error(psycopg.OperationalError(_BEFORE + words))
    assert isinstance(told, StoreLockedError)
    assert "it is starting or recovering: wait" in str(told)
    assert "createdb" not in str(told)


def test_the_code_alone_says_so_too() -> None:
    assert "it is starting or recovering: wait" in str(postgresql_error(psycopg.errors.CannotConnectNow("?")))


def test_only_one_that_is_not_there_is_to_be_created() -> None:
    absent = postgresql_error(psycopg.OperationalError(f'{_BEFORE}database "giliran" does not exist'))
    assert "create it with `createdb`" in str(absent)
    other = postgresql_error(
        psycopg.OperationalError(f'{_BEFORE}database "giliran" is not currently accepting connections')
    )
    assert "allow connections to it" in str(other)
    assert "createdb" not in str(other)


def test_another_file_that_is_not_there_is_no_matter_of_createdb() -> None:
    said = 'root certificate file "/root/.postgresql/root.crt" does not exist'
    assert "createdb" not in str(postgresql_error(psycopg.OperationalError(said)))


def test_a_user_that_is_not_there_is_told_from_one_that_lacks_a_right() -> None:
    told = postgresql_error(psycopg.OperationalError(f'{_BEFORE}role "giliran" does not exist'))
    assert "this user is not let in" in str(told)
