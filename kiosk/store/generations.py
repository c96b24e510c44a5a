"""Which generation of its own series this kiosk counts in: a further one each time it may have forgotten numbers."""

from datetime import date

from sqlite_utils import Database

from kiosk.domain.numbering import HIGHEST_GENERATION, generation_of
from kiosk.domain.ticket import SHARED_SERIES


def own_generation(db: Database, day: date) -> int:
    """0 on a day on which nothing was forgotten."""
    generation_day, generation = db.conn.execute("SELECT generation_day, own_generation FROM node_state").fetchone()
    return int(generation) if generation_day == day.isoformat() else 0


def raise_generation(db: Database, day: date, by: int = 1) -> int:
    """Leave to oblivion what was counted on that day: the next own number begins a series that was never used.

    Inside the caller's transaction. The new generation; above HIGHEST_GENERATION the kiosk has no own numbers left.
    """
    generation = max(own_generation(db, day), _highest_known(db, day)) + by
    db.conn.execute("UPDATE node_state SET generation_day = ?, own_generation = ?", (day.isoformat(), generation))
    return generation


def forget_numbers(db: Database, generations: int = 1) -> None:
    """Whatever day the next number is given on, so many generations of it may be on paper that is not known here.

    The day is not known while a store opens, and an image of yesterday knows nothing of today.
    """
    db.conn.execute("UPDATE node_state SET forgotten_generations = max(forgotten_generations, ?)", (generations,))


def distrust_own_series(db: Database) -> None:
    """Another machine gives numbers as this kiosk: none of the own series is safe on the day of the next ticket."""
    forget_numbers(db, HIGHEST_GENERATION + 1)


def settle_generation(db: Database, day: date, *, clock_trusted: bool) -> None:
    """Inside the transaction of each ticket, once its day is known: skip what may be forgotten.

    As long as the clock cannot tell the day, the debt remains for the day that it will tell.
    """
    (forgotten,) = db.conn.execute("SELECT forgotten_generations FROM node_state").fetchone()
    if not forgotten:
        return
    if own_generation(db, day) == 0 or clock_trusted:
        raise_generation(db, day, forgotten)
    if clock_trusted:
        db.conn.execute("UPDATE node_state SET forgotten_generations = 0")


def _highest_known(db: Database, day: date) -> int:
    """Of the tickets that are here, those fetched back too."""
    (series,) = db.conn.execute("SELECT max(series) FROM tickets WHERE service_day = ?", (day.isoformat(),)).fetchone()
    return 0 if series in (None, SHARED_SERIES) else generation_of(series)
