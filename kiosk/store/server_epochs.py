"""The highest epoch of its server that this kiosk has seen, kept so that an older server cannot come back."""

from sqlite_utils import Database


def server_epoch(db: Database) -> int | None:
    """None before the first contact."""
    (epoch,) = db.conn.execute("SELECT server_epoch FROM node_state").fetchone()
    return None if epoch is None else int(epoch)


def remember_server_epoch(db: Database, epoch: int) -> int:
    """The highest one with this one. One statement at most, and so its own transaction where there is none."""
    newest = server_epoch(db)
    if newest is not None and newest >= epoch:
        return newest
    db.conn.execute("UPDATE node_state SET server_epoch = ?", (epoch,))
    return epoch
