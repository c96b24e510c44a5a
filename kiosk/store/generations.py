"""Which generation of its own series this kiosk counts in: a further one each time it may have forgotten numbers."""

from datetime import date

from sqlite_utils import Database


def own_generation(db: Database, day: date) -> int:
    """0 on a day on which nothing was forgotten."""
    generation_day, generation = db.conn.execute("SELECT generation_day, own_generation FROM node_state").fetchone()
    return int(generation) if generation_day == day.isoformat() else 0


def raise_generation(db: Database, day: date) -> int:
    """Leave to oblivion what was counted on that day: the next own number begins a series that was never used.

    Inside the caller's transaction. The new generation; above HIGHEST_GENERATION the kiosk has no own numbers left.
    """
    generation = own_generation(db, day) + 1
    db.conn.execute("UPDATE node_state SET generation_day = ?, own_generation = ?", (day.isoformat(), generation))
    return generation
