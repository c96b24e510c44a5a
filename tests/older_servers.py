"""Makes a server's database look as an earlier release left it: for tests of the way from there to here."""

from typing import Final

from sqlalchemy import Connection

_OF_0004: Final = (
    *(
        f"DROP INDEX {name}"
        for name in (
            "one_active_stop_a_ticket",
            "one_active_stop_a_counter",
            "stops_in_line",
            "stops_by_end",
            "stops_at_counters",
            "tickets_by_label",
        )
    ),
    *(f"ALTER TABLE tickets DROP COLUMN {name}" for name in ("has_priority", "conflicts")),
    *(
        f'ALTER TABLE stops DROP COLUMN "{name}"'
        for name in (
            "issued_state",
            "service_day",
            "after",
            "counter",
            "active_counter",
            "officer",
            "bound_to",
            "place_ms",
            "calls",
            "called_at_ms",
            "started_at_ms",
            "ended_at_ms",
            "promised_low_s",
            "promised_high_s",
        )
    ),
    *(
        f"DROP TABLE {name}"
        for name in (
            "actions",
            "counters",
            "queue_closures",
            "closed_days",
            "paper_visits",
            "notes",
            "staff",
            "terminal_failures",
            "staff_sessions",
        )
    ),
    "ALTER TABLE stops ADD COLUMN state_before TEXT",
    "UPDATE alembic_version SET version_num = '0003'",
)
_OF_0003: Final = (
    "ALTER TABLE tickets DROP COLUMN may_be_out",
    "ALTER TABLE tickets DROP COLUMN is_abandoned",
    "ALTER TABLE stops DROP COLUMN state_before",
    "DROP TABLE printers",
    "UPDATE alembic_version SET version_num = '0002'",
)


def back_to(revision: str, connection: Connection) -> None:
    """`revision`: 0002 or 0003."""
    for statement in _OF_0004 + (_OF_0003 if revision == "0002" else ()):
        connection.exec_driver_sql(statement)
