"""The log, its heads, the devices that write it, and the tickets it adds up to.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "server_epoch",
        sa.Column("epoch", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("opened_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("epoch"),
        sqlite_strict=True,
    )
    op.create_table(
        "devices",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("kiosk_number", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enrolled_at_ms", BIG, nullable=False),
        sa.Column("revoked_at_ms", BIG),
        sa.PrimaryKeyConstraint("site_id", "device_id"),
        sa.CheckConstraint("kiosk_number BETWEEN 1 AND 255", name="kiosk_number_fits_the_token"),
        sqlite_strict=True,
    )
    op.create_table(
        "incarnations",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("parent_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "origin", "incarnation"),
        sqlite_strict=True,
    )
    op.create_index("incarnations_by_parent", "incarnations", ["site_id", "origin", "parent_hash"])
    op.create_table(
        "events",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "origin", "incarnation", "sequence"),
        sqlite_strict=True,
    )
    op.create_table(
        "forks",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("offered_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("offered", sa.LargeBinary()),
        sa.Column("seen_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "origin", "incarnation", "sequence", "offered_hash"),
        sqlite_strict=True,
    )
    op.create_table(
        "poison",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("parked_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "origin", "incarnation", "sequence"),
        sqlite_strict=True,
    )
    op.create_table(
        "tickets",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("service_day", sa.Text(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("queue_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("is_priority", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("issued_at_ms", BIG, nullable=False),
        sa.Column("received_at_ms", BIG, nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("print_verdict", sa.Text()),
        sa.Column("shown_on_screen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "ticket_id"),
        sa.UniqueConstraint("site_id", "service_day", "series", "queue_code", "number", name="no_label_twice"),
        sqlite_strict=True,
    )
    op.create_index("tickets_by_arrival", "tickets", ["site_id", "received_at_ms"])
    op.create_table(
        "stops",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("queue_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "ticket_id", "position"),
        sqlite_strict=True,
    )
