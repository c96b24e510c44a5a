"""The counter and the hall: what officers do, the counters, who works here.

Revision ID: 0004
Revises: 0003
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _new_columns()
    _look_at_what_is_there()
    _new_indexes()
    _actions()
    _counters()
    _staff()


def _new_columns() -> None:
    op.add_column("tickets", sa.Column("has_priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("conflicts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("stops", sa.Column("issued_state", sa.Text()))
    op.add_column("stops", sa.Column("service_day", sa.Text(), nullable=False, server_default=""))
    op.add_column("stops", sa.Column("after", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("stops", sa.Column("officer", sa.Text()))
    op.add_column("stops", sa.Column("calls", sa.Integer(), nullable=False, server_default="0"))
    for name in ("counter", "active_counter", "bound_to", "promised_low_s", "promised_high_s"):
        op.add_column("stops", sa.Column(name, sa.Integer()))
    for name in ("place_ms", "called_at_ms", "started_at_ms", "ended_at_ms"):
        op.add_column("stops", sa.Column(name, BIG))


def _look_at_what_is_there() -> None:
    op.execute("UPDATE tickets SET has_priority = is_priority")
    op.execute("UPDATE stops SET issued_state = COALESCE(state_before, state)")
    op.drop_column("stops", "state_before")
    op.execute(
        "UPDATE stops SET service_day = (SELECT service_day FROM tickets"
        " WHERE tickets.site_id = stops.site_id AND tickets.ticket_id = stops.ticket_id)"
    )
    _look_at_what_must_come_first()


def _look_at_what_must_come_first() -> None:
    """No column has told of it before: the log has. Nothing was closed yet, so whatever waits for something is pending.

    An abandoned ticket's stops stay expired.
    """
    connection = op.get_bind()
    query = "SELECT site_id, origin, raw FROM events"
    told: list[dict[str, Any]] = []
    for site_id, origin, raw in connection.execute(sa.text(query)).yield_per(1000):
        if _WAITS_FOR.search(bytes(raw)) and b'"type":"ticket.issued"' in bytes(raw):
            told += ({"site_id": site_id, "origin": origin} | change for change in _what_comes_after(bytes(raw)))
    if told:
        connection.execute(sa.text(_COMES_AFTER), told)


_WAITS_FOR = re.compile(rb'"after":\[\d')
_COMES_AFTER = """
    UPDATE stops SET "after" = :after, state = CASE state WHEN 'waiting' THEN 'pending' ELSE state END
    WHERE site_id = :site_id AND ticket_id = :ticket_id AND position = :position AND EXISTS (
        SELECT 1 FROM tickets WHERE tickets.site_id = stops.site_id AND tickets.ticket_id = stops.ticket_id
        AND tickets.origin = :origin
    )
"""


def _what_comes_after(raw: bytes) -> Iterator[dict[str, Any]]:
    """A body that nobody could read when it came says nothing now either."""
    try:
        body = json.loads(raw)["body"]
        known = {stop["position"] for stop in body["stops"]}
        for stop in body["stops"]:
            after = sorted({position for position in stop["after"] if position in known})
            if after:
                told = json.dumps(after, separators=(",", ":"))
                yield {"ticket_id": str(body["ticket_id"]), "position": int(stop["position"]), "after": told}
    except (ValueError, LookupError, TypeError, RecursionError):
        return


def _new_indexes() -> None:
    at_a_counter = sa.text("active_counter IS NOT NULL")
    for name, columns in (
        ("one_active_stop_a_ticket", ["site_id", "ticket_id"]),
        ("one_active_stop_a_counter", ["site_id", "active_counter"]),
    ):
        op.create_index(name, "stops", columns, unique=True, sqlite_where=at_a_counter, postgresql_where=at_a_counter)
    op.create_index("stops_in_line", "stops", ["site_id", "service_day", "queue_code", "state"])
    has_ended = sa.text("ended_at_ms IS NOT NULL")
    op.create_index(
        "stops_by_end",
        "stops",
        ["site_id", "service_id", "ended_at_ms"],
        sqlite_where=has_ended,
        postgresql_where=has_ended,
    )
    is_active = sa.text("state IN ('called', 'serving')")
    op.create_index(
        "stops_at_counters", "stops", ["site_id", "counter"], sqlite_where=is_active, postgresql_where=is_active
    )
    op.create_index("tickets_by_label", "tickets", ["site_id", "service_day", "label"])


def _actions() -> None:
    op.create_table(
        "actions",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("hlc", BIG, nullable=False),
        sa.Column("rank", BIG, nullable=False),
        sa.Column("done_at_ms", BIG, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("counter", sa.Integer()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_undone", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("is_refused", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("site_id", "ticket_id", "origin", "incarnation", "sequence"),
        sqlite_strict=True,
    )
    op.create_index("actions_by_counter", "actions", ["site_id", "counter", "done_at_ms"])
    op.create_index("actions_by_name", "actions", ["site_id", "action"])
    op.create_index("actions_by_verb", "actions", ["site_id", "verb", "hlc"])


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("queues", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text()),
        sa.Column("device_id", sa.Text()),
        sa.Column("since_ms", BIG, nullable=False),
        sa.Column("alarm_at_ms", BIG),
        sa.Column("hlc", BIG, nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.Column("opened_hlc", BIG, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("site_id", "counter"),
        sqlite_strict=True,
    )
    op.create_table(
        "queue_closures",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("service_day", sa.Text(), nullable=False),
        sa.Column("queue_code", sa.Text(), nullable=False),
        sa.Column("is_closed", sa.Integer(), nullable=False),
        sa.Column("hlc", BIG, nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "service_day", "queue_code"),
        sqlite_strict=True,
    )
    op.create_table(
        "closed_days",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("service_day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "service_day"),
        sqlite_strict=True,
    )
    op.create_table(
        "paper_visits",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("service_day", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("stops", sa.Text(), nullable=False),
        sa.Column("issued_at_ms", BIG),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("started_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "counter"),
        sqlite_strict=True,
    )
    op.create_table(
        "notes",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("written_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "ticket_id"),
        sqlite_strict=True,
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("wait_until_ms", BIG),
        sa.Column("is_locked", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("must_change", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("added_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "staff_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "terminal_failures",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("wait_until_ms", BIG),
        sa.PrimaryKeyConstraint("site_id", "device_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "staff_sessions",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("session_hash", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("counter", sa.Integer()),
        sa.Column("begun_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "session_hash"),
        sqlite_strict=True,
    )
