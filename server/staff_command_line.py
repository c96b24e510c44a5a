"""The commands about officers: who may sign in at a desk. They work on the site server's own database."""

import sys
from pathlib import Path
from typing import Any

import click

from kiosk.command_line import FOLDER, as_json_option

ROLES = ("officer", "supervisor", "technician")
"""kiosk.sync.desk_wire.Role, by name, so that `--help` need not import it."""


@click.group(short_help="Who may sign in at a desk.", epilog="Example: giliran staff list --data server-data")
def staff() -> None:
    """Officers, supervisors and technicians of a site: ids and PINs, kept at its server alone.

    They act beside the running server, and at once.
    """


_data_option = click.option("--data", type=FOLDER, required=True, help="The site server's own folder.")
_database_option = click.option("--database", metavar="URL", help="The server's own; else as it was started last.")
_site_option = click.option("--site", default="", metavar="ID", help="Which site; needed where there are several.")
_pin_option = click.option(
    "--pin-stdin", "reads_pin", is_flag=True, help="Read the PIN from standard input; it then need not be replaced."
)
_id_argument = click.argument("staff_id", metavar="ID")


@staff.command(short_help="A new account, with its first PIN.", epilog="Example: giliran staff add P-017 --data data")
@_id_argument
@click.option("--role", type=click.Choice(ROLES), default="officer", show_default=True, help="What the person may do.")
@_data_option
@_database_option
@_site_option
@_pin_option
@as_json_option
def add(data: Path, database: str | None, **asked: Any) -> None:
    """Make an account. Its first PIN is shown this once, and must be replaced at the first sign-in.

    ID is what stands in the log and on the supervisor's view: 2 to 12 letters, digits and hyphens, and no name.
    """
    from server.staff_console import run_add

    sys.exit(run_add(_settings(data, database), **asked))


@staff.command("list", short_help="All accounts.", epilog="Example: giliran staff list --data server-data")
@_data_option
@_database_option
@_site_option
@as_json_option
def list_all(data: Path, database: str | None, *, site: str, as_json: bool) -> None:
    """All accounts: site, id, role, whether it is locked or waits for a PIN of its own."""
    from server.staff_console import run_list

    sys.exit(run_list(_settings(data, database), site, as_json=as_json))


@staff.command(short_help="A new PIN for an account.", epilog="Example: giliran staff reset P-017 --data server-data")
@_id_argument
@_data_option
@_database_option
@_site_option
@_pin_option
@as_json_option
def reset(data: Path, database: str | None, **asked: Any) -> None:
    """Give an account a new PIN: unlocked, and signed out everywhere. For whoever has forgotten it."""
    from server.staff_console import run_reset

    sys.exit(run_reset(_settings(data, database), **asked))


@staff.command(short_help="End a lock or a wait.", epilog="Example: giliran staff unlock P-017 --data server-data")
@_id_argument
@_data_option
@_database_option
@_site_option
def unlock(data: Path, database: str | None, *, staff_id: str, site: str) -> None:
    """Unlock an account after too many wrong PINs. The PIN stays. A supervisor can do the same at a desk."""
    from server.staff_console import run_unlock

    sys.exit(run_unlock(_settings(data, database), staff_id, site))


@staff.command(short_help="Take an account away.", epilog="Example: giliran staff remove P-017 --data server-data")
@_id_argument
@_data_option
@_database_option
@_site_option
def remove(data: Path, database: str | None, *, staff_id: str, site: str) -> None:
    """Take an account away, at once. What the person did stays in the log, under the id: give it to nobody else."""
    from server.staff_console import run_remove

    sys.exit(run_remove(_settings(data, database), staff_id, site))


def _settings(data: Path, database: str | None) -> Any:
    from server.remembered import settings_beside

    if not data.is_dir():
        raise click.BadParameter(f"there is no folder {data}", param_hint="'--data'")
    return settings_beside(data, None, database)
