"""`giliran server invite|devices|revoke`: what an operator does about devices, beside a running server."""

import io
import json
import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click
import qrcode
from sqlalchemy import Connection, select, union

from kiosk.domain.pairing_code import PairingCode, PairingLink
from kiosk.errors import KioskError
from kiosk.fingerprint_words import six_words
from kiosk.logs import configure_logging
from kiosk.sync.wire import DeviceKind
from server.database import milliseconds, moment
from server.devices import DeviceRecord, ListedDevice, devices_of_site, find_record
from server.enrolment import revoke
from server.invitations import Invitation, InvitationError, Standing, Wish, invite, standing_of, withdraw
from server.node import Node, open_node
from server.run import ADDRESS_FILE
from server.schema import devices, sites
from server.settings import Role, ServerSettings
from server.site_time import local_time, timezones

_LOOK_EVERY_S: Final = 0.5
_SITE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SHORTEST_ID: Final = 4
_ENDS: Final = {
    Standing.EXPIRED: "Nobody used the code within ten minutes: make a new one.",
    Standing.WORN_OUT: "The code was tried too often with a wrong secret: make a new one, and ask who tried.",
    Standing.GONE: "The code was withdrawn.",
}
_WHERE: Final = {
    DeviceKind.KIOSK: "--config kiosk.toml",
    DeviceKind.DESK: "--config desk.toml",
    DeviceKind.SITE: "--data FOLDER",
}


class WhichSiteError(KioskError):
    """It does not go without saying which site is meant."""


class WhichDeviceError(KioskError):
    """No device, or more than one, is meant."""


@dataclass(frozen=True, slots=True)
class Inviting:
    """`wish.site_id` empty: the only site there is. `address`: the URL to print, None for the one found."""

    wish: Wish
    address: str | None = None
    waits: bool = True
    as_json: bool = False


def run_invite(settings: ServerSettings, asked: Inviting) -> int:
    """Makes a code, shows it, waits until it is used. Returns 1 where it was not."""
    if asked.wish.kind is DeviceKind.SITE and settings.role is Role.SITE:
        raise InvitationError("A site server lets in no site server: make that code at the central one.")
    with opened(settings) as node:
        wish = replace(asked.wish, site_id=which_site(node, asked.wish.site_id))
        code, invitation = invite(node, wish)
        url = asked.address or address_of(settings.data_dir)
        try:
            _show(code, invitation, url, as_json=asked.as_json)
            return _await(node, invitation, settings.data_dir, as_json=asked.as_json) if asked.waits else 0
        except KeyboardInterrupt:
            withdraw(node.database, invitation)
            click.echo(_ENDS[Standing.GONE], err=True)
            return 1


def run_devices(settings: ServerSettings, site_id: str, *, as_json: bool) -> int:
    with opened(settings) as node, node.database.reading() as connection:
        of_sites = _known_site(connection, site_id) if site_id else _sites(connection)
        known = [each for site in of_sites for each in devices_of_site(connection, site)]
        zones = timezones(connection)
    if as_json:
        click.echo(json.dumps([_facts(each) for each in known]))
        return 0
    if not known:
        click.echo("No device is enrolled here yet: giliran server invite makes a code for one.")
    for each in known:
        record = each.record
        place = f"{record.kiosk_number} {record.letter or '-'}" if record.kiosk_number else "-"
        standing = "enrolled"
        if each.revoked_at_ms is not None:
            standing = f"revoked {local_time(moment(each.revoked_at_ms), zones.get(record.site_id))}"
        click.echo(f"{record.site_id:20} {record.device_id}  {record.kind:5}  {place:5}  {standing:28}  {record.name}")
    return 0


def run_revoke(settings: ServerSettings, site_id: str, device: str) -> int:
    with opened(settings) as node:
        with node.database.reading() as connection:
            record = _meant(connection, [site_id] if site_id else _sites(connection), device)
        if not revoke(node, record.site_id, record.device_id):
            click.echo(f"{record.name} ({record.device_id}) at {record.site_id} was revoked before.")
            return 0
    click.echo(
        f"{record.name} ({record.device_id}) at {record.site_id} is revoked: its next request is refused. What it sent"
        " stays, what it could not send stays with it."
    )
    return 0


def address_of(data_dir: Path) -> str | None:
    """Where others find the server that runs on this folder; None where none runs."""
    try:
        url = (data_dir / ADDRESS_FILE).read_text().strip()
    except FileNotFoundError:
        return None
    host = urlsplit(url).hostname or ""
    return url.replace(host, _own_address(), 1) if host in {"0.0.0.0", "::"} else url  # noqa: S104  # what it listens on


def _own_address() -> str:
    """The address that this machine uses towards others. Nothing is sent: UDP only looks up the way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


def _show(code: PairingCode, invitation: Invitation, url: str | None, *, as_json: bool) -> None:
    link = None if url is None else str(PairingLink(url, code))
    expires = moment(invitation.expires_at_ms)
    if as_json:
        facts = {"code": str(code), "site": invitation.wish.site_id, "kind": invitation.wish.kind, "address": url}
        click.echo(json.dumps({**facts, "link": link, "expires_at": expires.isoformat()}))
        return
    click.echo(f"Pairing code: {code}   for one {invitation.wish.kind} of {invitation.wish.site_id}, for ten minutes")
    if link is None:
        click.echo("No server runs on this folder now: start it before the device comes.")
        return
    click.echo(f"Server:       {url}\n")
    picture = io.StringIO()
    drawn = qrcode.QRCode(border=2)
    drawn.add_data(link)
    drawn.print_ascii(picture, invert=True)
    click.echo(picture.getvalue())
    click.echo(f'At the device: giliran enrol "{link}" {_WHERE[invitation.wish.kind]}')


def _await(node: Node, invitation: Invitation, data_dir: Path, *, as_json: bool) -> int:
    if not as_json:
        click.echo("Waiting for the device; Ctrl-C withdraws the code.")
    while True:
        standing, now = standing_of(node.database, invitation.name, milliseconds(node.clock.now()))
        if now is not None and now.device_id is not None:
            _welcome(node, now, data_dir, as_json=as_json)
            return 0
        if standing is not Standing.OPEN:
            click.echo(_ENDS[standing], err=True)
            return 1
        time.sleep(_LOOK_EVERY_S)


def _welcome(node: Node, invitation: Invitation, data_dir: Path, *, as_json: bool) -> None:
    with node.database.reading() as connection:
        listed = find_record(connection, invitation.wish.site_id, invitation.device_id or "")
    if listed is None:  # a device that was let in is never forgotten
        raise WhichDeviceError(f"{invitation.device_id} is not known here any more.")
    record = listed.record
    words = six_words(node.identity.public_key, record.public_key)
    if as_json:
        click.echo(json.dumps({**_facts(listed), "words": words}))
        return
    place = f" as number {record.kiosk_number}, letter {record.letter}" if record.kiosk_number else ""
    click.echo(f"{record.name} ({record.device_id}) is enrolled at {record.site_id}{place}.\n\n    {words}\n")
    click.echo(
        f"The device must show the same six words. If not: giliran server revoke {record.device_id} --data {data_dir}"
    )


@contextmanager
def opened(settings: ServerSettings) -> Iterator[Node]:
    configure_logging(None)
    node = open_node(settings)
    try:
        yield node
    finally:
        node.close()


def which_site(node: Node, asked: str) -> str:
    """The one that is asked for, or else the only one. Raises WhichSiteError."""
    if asked:
        if not _SITE.fullmatch(asked):
            raise WhichSiteError(
                f"{asked!r} is no site's name: small letters, digits and hyphens, such as mpp-jakarta."
            )
        return asked
    with node.database.reading() as connection:
        known = _sites(connection)
    if len(known) == 1:
        return known[0]
    there_are = f"this server knows {', '.join(known)}" if known else "this server knows none yet"
    raise WhichSiteError(f"Which site? Say --site ID: {there_are}.")


def _known_site(connection: Connection, asked: str) -> Sequence[str]:
    """Raises WhichSiteError: an empty list would say that nobody was let in."""
    known = _sites(connection)
    if asked not in known:
        raise WhichSiteError(f"{asked} is not a site of this server: it knows {', '.join(known) or 'none yet'}.")
    return [asked]


def _sites(connection: Connection) -> Sequence[str]:
    return sorted(connection.execute(union(select(sites.c.site_id), select(devices.c.site_id))).scalars())


def _meant(connection: Connection, of_sites: Sequence[str], device: str) -> DeviceRecord:
    """By its id, or a beginning of it that no other has."""
    if len(device) < _SHORTEST_ID:
        raise WhichDeviceError(f"Say at least {_SHORTEST_ID} digits of the device's id.")
    found = [
        each.record
        for site in of_sites
        for each in devices_of_site(connection, site)
        if each.record.device_id.startswith(device.lower())
    ]
    if len(found) != 1:
        those = "; ".join(f"{each.name} ({each.device_id}) at {each.site_id}" for each in found) or "none is known here"
        raise WhichDeviceError(f"{device} does not name one device: {those}. giliran server devices lists all.")
    return found[0]


def _facts(listed: ListedDevice) -> dict[str, Any]:
    record = listed.record
    revoked = None if listed.revoked_at_ms is None else moment(listed.revoked_at_ms).isoformat()
    return {
        "site": record.site_id,
        "device": record.device_id,
        "kind": record.kind,
        "kiosk_number": record.kiosk_number,
        "letter": record.letter,
        "name": record.name,
        "enrolled_at": moment(listed.enrolled_at_ms).isoformat(),
        "revoked_at": revoked,
    }
