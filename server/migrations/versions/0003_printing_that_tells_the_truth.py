"""Who may hold a ticket, what an abandoned one was before, and how each kiosk's printers fare.

Revision ID: 0003
Revises: 0002
"""

import json
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("may_be_out", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("is_abandoned", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("stops", sa.Column("state_before", sa.Text()))
    op.execute("UPDATE tickets SET may_be_out = 1 WHERE print_verdict IN ('confirmed', 'unverified', 'unknown')")
    _look_at_earlier_slips()
    op.create_table(
        "printers",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("hlc", BIG, nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("fallback", sa.Text()),
        sa.Column("in_use", sa.Text(), nullable=False),
        sa.Column("confirmation", sa.Text(), nullable=False),
        sa.Column("slips_left", sa.Integer()),
        sa.Column("paper_low", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "device_id"),
        sqlite_strict=True,
    )


def _look_at_earlier_slips() -> None:
    """The verdict that was kept is that of the last copy: where that one was lost, the log tells of those before it."""
    connection = op.get_bind()
    lost: dict[tuple[str, str], set[str]] = defaultdict(set)
    query = "SELECT site_id, origin, ticket_id FROM tickets WHERE copies > 0 AND may_be_out = 0"
    for site_id, origin, ticket_id in connection.execute(sa.text(query)):
        lost[site_id, origin].add(ticket_id)
    for (site_id, origin), ids in sorted(lost.items()):
        of_origin = {"site_id": site_id, "origin": origin}
        out: set[str] = set()
        query = "SELECT raw FROM events WHERE site_id = :site_id AND origin = :origin"
        for (raw,) in connection.execute(sa.text(query), of_origin).yield_per(1000):
            if b'"type":"print.finished"' in bytes(raw):
                out.update(ids & _may_be_out(bytes(raw)))
        for ticket_id in sorted(out):
            one = {"site_id": site_id, "ticket_id": ticket_id}
            change = "UPDATE tickets SET may_be_out = 1 WHERE site_id = :site_id AND ticket_id = :ticket_id"
            connection.execute(sa.text(change), one)


def _may_be_out(raw: bytes) -> set[str]:
    """The ticket that this verdict says it of. A body that nobody could read when it came says nothing now either."""
    try:
        body = json.loads(raw)["body"]
        return {body["ticket_id"]} if body["state"] in {"confirmed", "unverified", "unknown"} else set()
    except (ValueError, LookupError, TypeError, RecursionError):
        return set()
