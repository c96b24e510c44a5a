"""Relay, numbers, pairing by code, snapshots: everything between a kiosk and the nation.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("devices", table_kwargs={"sqlite_strict": True}) as devices:
        devices.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="kiosk"))
        devices.alter_column("kiosk_number", existing_type=sa.Integer(), nullable=True)
    _one_kiosk_each()
    _new_columns()
    _new_tables()


def _one_kiosk_each() -> None:
    active = sa.text("revoked_at_ms IS NULL")
    alone = sa.text("revoked_at_ms IS NULL AND kiosk_number IS NOT NULL AND letter IS NULL")
    for name, columns, where in (
        ("one_kiosk_a_number", ["site_id", "kiosk_number"], active),
        ("one_kiosk_a_letter", ["site_id", "letter"], active),
        ("one_kiosk_without_a_letter", ["site_id"], alone),
    ):
        op.create_index(name, "devices", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _new_columns() -> None:
    op.add_column("incarnations", sa.Column("central_sequence", BIG, nullable=False, server_default="0"))
    op.add_column("incarnations", sa.Column("begun_at_ms", BIG, nullable=False, server_default="0"))
    op.add_column("incarnations", sa.Column("pruned_sequence", BIG, nullable=False, server_default="0"))
    op.add_column("incarnations", sa.Column("pruned_hash", sa.Text()))
    op.add_column("events", sa.Column("not_before_ms", BIG))
    op.add_column("events", sa.Column("not_after_ms", BIG))
    op.add_column("poison", sa.Column("awaits", sa.Text()))
    op.create_index("poison_by_ticket", "poison", ["site_id", "awaits"])
    op.add_column("tickets", sa.Column("effective_at_ms", BIG, nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("sequence", BIG, nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("print_copy", sa.Integer()))


def _new_tables() -> None:
    op.create_table(
        "owners",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("since_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("slot"),
        sa.CheckConstraint("slot = 1", name="a_database_has_one_owner"),
        sqlite_strict=True,
    )
    op.create_table(
        "sites",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "contacts",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Text(), nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("first_at_ms", BIG, nullable=False),
        sa.Column("last_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "origin", "incarnation", "sequence"),
        sqlite_strict=True,
    )
    op.create_table(
        "timelines",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("stated_at_ms", BIG),
        sa.Column("effective_at_ms", BIG, nullable=False, server_default="0"),
        sa.Column("hlc", BIG, nullable=False, server_default="0"),
        sa.Column("incarnation", sa.Text()),
        sa.PrimaryKeyConstraint("site_id", "origin"),
        sqlite_strict=True,
    )
    op.create_table(
        "queues",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("service_day", sa.Text(), nullable=False),
        sa.Column("queue_code", sa.Text(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "service_day", "queue_code"),
        sqlite_strict=True,
    )
    op.create_table(
        "service_days",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("service_day", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "service_day"),
        sqlite_strict=True,
    )
    op.create_table(
        "number_series",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("service_day", sa.Text(), nullable=False),
        sa.Column("queue_code", sa.Text(), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "service_day", "queue_code"),
        sqlite_strict=True,
    )
    op.create_table(
        "reservations",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("service_day", sa.Text(), nullable=False),
        sa.Column("queue_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("reserved_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "ticket_id"),
        sa.UniqueConstraint("site_id", "service_day", "queue_code", "number", name="no_number_twice"),
        sqlite_strict=True,
    )
    op.create_table(
        "recoveries",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("began_at_ms", BIG, nullable=False),
        sa.Column("ended_at_ms", BIG),
        sa.PrimaryKeyConstraint("site_id", "epoch"),
        sqlite_strict=True,
    )
    op.create_table(
        "fences",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.Column("seen_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "role"),
        sqlite_strict=True,
    )
    op.create_table(
        "device_health",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("last_contact_ms", BIG, nullable=False),
        sa.Column("health", sa.Text()),
        sa.PrimaryKeyConstraint("site_id", "device_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "invitations",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("invitation", sa.Text(), nullable=False),
        sa.Column("derived_key", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kiosk_number", sa.Integer()),
        sa.Column("letter", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("made_at_ms", BIG, nullable=False),
        sa.Column("expires_at_ms", BIG, nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Text()),
        sa.PrimaryKeyConstraint("site_id", "invitation"),
        sqlite_strict=True,
    )
    op.create_index("invitations_by_code", "invitations", ["invitation"], unique=True)
    op.create_table(
        "snapshots",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("activated_at_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "kind", "version"),
        sqlite_strict=True,
    )
    op.create_table(
        "daily_totals",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("service_day", sa.Text(), nullable=False),
        sa.Column("queue_code", sa.Text(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "service_day", "queue_code"),
        sqlite_strict=True,
    )
    op.create_table(
        "tallies",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "tally", "kind"),
        sqlite_strict=True,
    )
