"""`giliran staff`: what an operator does about accounts, beside a running server."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from kiosk.sync.desk_wire import Role
from server.console import opened, which_site
from server.database import milliseconds, moment
from server.node import Node
from server.pins import Tries, is_pin, is_weak, random_pin
from server.settings import Role as ServerRole
from server.settings import ServerSettings
from server.site_time import local_time, timezones
from server.staff import (
    Account,
    PinHasher,
    StaffError,
    accounts,
    add_account,
    checked_id,
    remove_account,
    reset_account,
    unlock_account,
)


def run_add(  # noqa: PLR0913  # as the command is typed
    settings: ServerSettings, *, staff_id: str, role: str, site: str, reads_pin: bool, as_json: bool
) -> int:
    staff_id = checked_id(staff_id)
    with _site_opened(settings, site) as (node, site_id):
        pin = _pin(staff_id, reads_pin=reads_pin)
        now_ms = milliseconds(node.clock.now())
        account = Account(staff_id, Role(role), Tries(), is_locked=False, must_change=not reads_pin, added_at_ms=now_ms)
        pin_hash = PinHasher().hash(pin)
        with node.database.writing() as connection:
            add_account(connection, site_id, account, pin_hash)
    return _tell(f"{staff_id} is {role} at {site_id} now.", staff_id, site_id, None if reads_pin else pin, as_json)


def run_reset(settings: ServerSettings, *, staff_id: str, site: str, reads_pin: bool, as_json: bool) -> int:
    staff_id = checked_id(staff_id)
    with _site_opened(settings, site) as (node, site_id):
        pin = _pin(staff_id, reads_pin=reads_pin)
        pin_hash = PinHasher().hash(pin)
        with node.database.writing() as connection:
            reset_account(connection, node.own_log, site_id, staff_id, pin_hash, must_change=not reads_pin)
    sentence = f"{staff_id} has a new PIN, is unlocked, and is signed out everywhere."
    return _tell(sentence, staff_id, site_id, None if reads_pin else pin, as_json)


def run_list(settings: ServerSettings, site: str, *, as_json: bool) -> int:
    with _site_opened(settings, site) as (node, site_id), node.database.reading() as connection:
        known = accounts(connection, site_id)
        zone = timezones(connection).get(site_id)
    if as_json:
        click.echo(json.dumps([_facts(site_id, account) for account in known]))
        return 0
    if not known:
        click.echo(f"Nobody works at {site_id} yet: giliran staff add ID makes an account.")
    for account in known:
        added = local_time(moment(account.added_at_ms), zone)
        click.echo(f"{site_id:20} {account.staff:12}  {account.role:10}  {_standing(account):24}  added {added}")
    return 0


def run_unlock(settings: ServerSettings, staff_id: str, site: str) -> int:
    staff_id = checked_id(staff_id)
    with _site_opened(settings, site) as (node, site_id), node.database.writing() as connection:
        was_shut = unlock_account(connection, node.own_log, site_id, staff_id)
    click.echo(f"{staff_id} may try again, with the old PIN." if was_shut else f"{staff_id} was not locked.")
    return 0


def run_remove(settings: ServerSettings, staff_id: str, site: str) -> int:
    staff_id = checked_id(staff_id)
    with _site_opened(settings, site) as (node, site_id), node.database.writing() as connection:
        remove_account(connection, node.own_log, site_id, staff_id)
    click.echo(f"{staff_id} is gone and signed out. What the person did stays in the log.")
    return 0


@contextmanager
def _site_opened(settings: ServerSettings, site: str) -> Iterator[tuple[Node, str]]:
    if settings.role is not ServerRole.SITE:
        raise StaffError("Staff sign in at the server of their site: name its folder, not the central server's.")
    with opened(settings) as node:
        yield node, which_site(node, site)


def _pin(staff_id: str, *, reads_pin: bool) -> str:
    """Raises StaffError for one that is weak. It is never repeated in a message."""
    if not reads_pin:
        return random_pin(staff_id)
    pin = sys.stdin.readline().strip()
    if not is_pin(pin):
        raise StaffError("A PIN is six digits on one line of standard input.")
    if is_weak(pin, staff_id):
        raise StaffError("That PIN is among the first that somebody would try: take another, or let one be made.")
    return pin


def _tell(sentence: str, staff_id: str, site_id: str, pin: str | None, as_json: bool) -> int:  # noqa: FBT001
    """`pin` None: whoever asked knows it."""
    if as_json:
        click.echo(json.dumps({"staff": staff_id, "site": site_id, "pin": pin}))
        return 0
    click.echo(sentence)
    if pin is not None:
        click.echo(f"PIN: {pin}   shown this once; a PIN of one's own is asked for at the first sign-in.")
    return 0


def _standing(account: Account) -> str:
    if account.is_locked:
        return "locked"
    return "waits for a new PIN" if account.must_change else "good"


def _facts(site_id: str, account: Account) -> dict[str, Any]:
    return {
        "site": site_id,
        "staff": account.staff,
        "role": account.role,
        "is_locked": account.is_locked,
        "must_change": account.must_change,
        "failures": account.tries.failures,
        "added_at": moment(account.added_at_ms).isoformat(),
    }
