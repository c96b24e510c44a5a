"""Whose a database is: two servers on one would give the same numbers under two keys."""

from sqlalchemy import delete, insert, select

from kiosk.errors import StoreError
from server.database import milliseconds, upsert
from server.node import Node
from server.schema import owners


class OwnershipError(StoreError):
    """The database is another server's."""


def claim(node: Node) -> None:
    """At a server's start. Raises OwnershipError where the database was claimed by another key."""
    mine = _row(node)
    with node.database.writing() as connection:
        connection.execute(upsert(connection, owners).values(mine).on_conflict_do_nothing())
        owner = connection.execute(select(owners.c.device_id)).scalar_one()
    if owner != mine["device_id"]:
        raise OwnershipError(
            f"This database is that of server {owner}, and the key in the data folder is that of {mine['device_id']}:"
            " name another database, or put the identity.pem of that server back (it is in its backup). If this server"
            " shall take over for good: giliran server promote, with the same --data and --database."
        )


def take_over(node: Node) -> None:
    """Whoever it was claimed by, it is this server's from now on."""
    with node.database.writing() as connection:
        connection.execute(delete(owners))
        connection.execute(insert(owners).values(_row(node)))


def _row(node: Node) -> dict[str, int | str]:
    return {"slot": 1, "device_id": node.identity.device_id, "since_ms": milliseconds(node.clock.now())}
