"""`giliran server` and its commands. Imports what each needs only when it runs, so that `--help` answers at once."""

import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from kiosk.command_line import FILE, FOLDER, address, as_json_option, machine_name, server_url

KINDS = ("kiosk", "site", "desk")
"""Of kiosk.sync.wire.DeviceKind those that are let in by a code, so that `--help` need not import it."""


@click.group(
    invoke_without_command=True,
    short_help="The server of a site, or the central one.",
    epilog="Example: giliran server --role site --data /var/lib/giliran --listen 0.0.0.0:8035",
)
@click.option(
    "--role", type=click.Choice(["site", "central"]), help="Which of the two this is; needed at the first start."
)
@click.option("--data", type=FOLDER, help="Its own folder.")
@click.option("--database", metavar="URL", help="Another database than SQLite in that folder.")
@click.option("--listen", type=address, metavar="HOST:PORT", default="127.0.0.1:8035", show_default=True)
@click.option("--tls-cert", type=FILE, help="PEM file: its certificate with the chain; then it speaks only https.")
@click.option("--tls-key", type=FILE, help="PEM file: the private key of --tls-cert.")
@click.option("--site", "site_file", type=FILE, help="The hall's own file: handed down to its kiosks.")
@click.option("--upstream", type=server_url, metavar="URL", help="Of a site: the central server it relays to.")
@click.option("--upstream-authority", type=FILE, help="PEM file: the only authority to trust there.")
@click.pass_context
def server(context: click.Context, /, role: str | None, data: Path | None, listen: str, **options: Any) -> None:
    """The server of a site, or the central one: the same program. Ends in good order on Ctrl-C or SIGTERM.

    Port 0 takes any free one; the address is printed and kept in the folder, as server.address.
    """
    if context.invoked_subcommand is not None:
        return
    if data is None:
        raise click.MissingParameter(param_hint="'--data'", param_type="option")
    from server.remembered import settings_to_start
    from server.settings import Role, Tls, Upstream

    settings = settings_to_start(data, None if role is None else Role(role), options["database"])
    if settings is None:
        raise click.MissingParameter(param_hint="'--role'", param_type="option")
    certificate, key = options["tls_cert"], options["tls_key"]
    if (certificate is None) != (key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together.")
    if (options["upstream"] or options["upstream_authority"]) and settings.role is not Role.SITE:
        raise click.UsageError("--upstream and its authority belong to --role site: central is the last hop.")
    from kiosk.logs import configure_logging

    configure_logging(data)
    from server.relaying import not_enrolled
    from server.run import serve

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))  # uvicorn raises the signal again once it has stopped
    tls = None if certificate is None else Tls(certificate, key)
    url, authority = options["upstream"], options["upstream_authority"]
    upstream = Upstream(url, authority) if url or authority else None
    settings = replace(settings, site_file=options["site_file"], upstream=upstream, tls=tls)

    def tell(url: str) -> None:
        click.echo(f"Listening on {url}")
        if upstream is not None and (sentence := not_enrolled(data, upstream)):
            click.echo(sentence, err=True)

    serve(settings, listen, tell)


_data_option = click.option("--data", type=FOLDER, required=True, help="The server's own folder.")
_database_option = click.option("--database", metavar="URL", help="The server's own; else as it was started last.")
_role_option = click.option("--role", type=click.Choice(["site", "central"]), help="As it was started last.")
_site_option = click.option("--site", default="", metavar="ID", help="Which site; needed where there are several.")


@server.command(short_help="A pairing code for one device.", epilog="Example: giliran server invite --data server-data")
@_data_option
@_database_option
@_site_option
@click.option("--kind", type=click.Choice(KINDS), default="kiosk", show_default=True, help="What will be let in.")
@click.option("--name", type=machine_name, help="What people call the machine.")
@click.option("--number", type=click.IntRange(1, 255), help="Of a kiosk; else the next that is free.")
@click.option(
    "--letter",
    type=click.Choice([*map(chr, range(65, 91))], case_sensitive=False),
    metavar="A-Z",
    help="Of a kiosk; else the next.",
)
@click.option(
    "--address",
    "url",
    type=server_url,
    metavar="URL",
    help="What devices call this server; else the address it listens on.",
)
@click.option("--wait/--no-wait", "waits", default=True, help="Wait until the code is used, and show the six words.")
@as_json_option
def invite(data: Path, database: str | None, site: str, url: str | None, **asked: Any) -> None:
    """Make a pairing code: for one device, ten minutes, five tries. Shows it, also as QR, and waits until it is used.

    Both ends then show six words; they must be the same. With --json one document when the code is made, and one more
    when it was used.
    """
    from kiosk.sync.wire import DeviceKind
    from server.console import Inviting, run_invite
    from server.invitations import Wish

    if asked["waits"]:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: nobody else would withdraw the code
    wish = Wish(site, DeviceKind(asked["kind"]), asked["number"], asked["letter"], asked["name"])
    settings = _settings(data, database)
    sys.exit(run_invite(settings, Inviting(wish, url, waits=asked["waits"], as_json=asked["as_json"])))


@server.command(short_help="The devices that were let in.", epilog="Example: giliran server devices --data server-data")
@_data_option
@_database_option
@_site_option
@as_json_option
def devices(data: Path, database: str | None, site: str, *, as_json: bool) -> None:
    """Every device that was let in: its site, id, kind, number and letter, whether it was revoked, its name."""
    from server.console import run_devices

    sys.exit(run_devices(_settings(data, database), site, as_json=as_json))


@server.command(short_help="Shut a device out.", epilog="Example: giliran server revoke 56475aa7 --data server-data")
@click.argument("device")
@_data_option
@_database_option
@_site_option
def revoke(device: str, data: Path, database: str | None, site: str) -> None:
    """Shut a device out, at once and for good: its key is not believed any more. What it sent stays.

    DEVICE is its id, or the first digits of it.
    """
    from server.console import run_revoke

    sys.exit(run_revoke(_settings(data, database), site, device))


@server.command(
    short_help="Hand a catalogue or a hall's file down to the kiosks.",
    epilog="Example: giliran server publish --data /var/lib/giliran --site hall.json",
)
@_data_option
@_database_option
@_role_option
@click.option("--catalogue", type=FILE, help="With service-numbers.json beside it.")
@click.option("--site", "site_file", type=FILE, help="One hall's file.")
@as_json_option
def publish(role: str | None, data: Path, database: str | None, **options: Any) -> None:
    """Check the files as a kiosk would, sign them, and hand them down; also beside a running server.

    The catalogue of a central server is for the whole nation, that of a site server for its site.
    """
    from server.publish_console import run_publish

    settings = _settings(data, database, role)
    sys.exit(run_publish(settings, options["catalogue"], options["site_file"], as_json=options["as_json"]))


@server.command(
    short_help="Make this server the one that counts.",
    epilog="Example: giliran server promote --data /var/lib/giliran",
)
@_data_option
@_database_option
@_role_option
def promote(role: str | None, data: Path, database: str | None) -> None:
    """Make this server the one that counts, while it is stopped: a standby that takes over, a copy that was put back.

    Every other server of the site falls silent as soon as a device or central tells it.
    """
    from server.promotion import run_promote

    sys.exit(run_promote(_settings(data, database, role, is_standby=True)))


@server.command(
    short_help="Copy a server, while it runs.",
    epilog="Example: giliran server backup /media/disk/2026-11-21 --data /var/lib/giliran",
)
@click.argument("out", type=FOLDER)
@_data_option
@_database_option
@_role_option
@as_json_option
def backup(out: Path, role: str | None, data: Path, database: str | None, *, as_json: bool) -> None:
    """Copy a server into the new folder OUT, while it runs: database, key, enrolment. The copy is checked.

    With PostgreSQL pg_dump writes the database's part.
    """
    from server.backup import run_backup

    sys.exit(run_backup(_settings(data, database, role), out, as_json=as_json))


@server.command(
    short_help="Put a backup back, while the server is stopped.",
    epilog="Example: giliran server restore /media/disk/2026-11-21 --data /var/lib/giliran",
)
@click.argument("folder", metavar="[BACKUP]", type=FOLDER, required=False)
@click.option("--data", type=FOLDER, required=True, help="The server's own folder; a new one is made.")
@click.option("--database", metavar="URL", help="An empty PostgreSQL database, where the backup is a dump.")
@click.option("--role", type=click.Choice(["site", "central"]), help="Another than the backup says.")
@click.option("--epoch-only", is_flag=True, help="The database was put back by other means: begin the new epoch.")
def restore(folder: Path | None, data: Path, database: str | None, role: str | None, *, epoch_only: bool) -> None:
    """Put BACKUP back, while the server is stopped. What is there now is set aside, never deleted.

    A new epoch begins: devices listen to this server only, and send again what came after the backup.
    """
    if epoch_only == (folder is not None):
        raise click.UsageError("Name the folder of a backup, or say --epoch-only.")
    from server.settings import Role, ServerSettings

    if folder is None:
        from server.promotion import run_promote

        sys.exit(run_promote(_settings(data, database, role, has_moved=True), takes_over=False))
    from server.restore import run_restore

    asked = None if role is None else Role(role)

    sys.exit(run_restore(folder, ServerSettings(asked or Role.SITE, data, database), asked))


@server.command(
    "import",
    short_help="Take in a kiosk's log from a stick.",
    epilog="Example: giliran server import /media/usb/giliran-56475aa7-20261121.log.gz --data /var/lib/giliran",
)
@click.argument("file", type=FILE)
@_data_option
@_database_option
@_role_option
@click.option("--revoked", is_flag=True, help="Also from a device that was shut out.")
@as_json_option
def import_log(file: Path, role: str | None, data: Path, database: str | None, **options: Any) -> None:
    """Take in the log of a kiosk that `giliran export` wrote, also beside a running server. Again is harmless."""
    from server.transfer import run_import

    settings = _settings(data, database, role)
    sys.exit(run_import(settings, file, even_revoked=options["revoked"], as_json=options["as_json"]))


def _settings(data: Path, database: str | None, role: str | None = None, **allowed: bool) -> Any:
    from server.remembered import settings_beside
    from server.settings import Role

    if not data.is_dir():
        raise click.BadParameter(f"there is no folder {data}", param_hint="'--data'")
    return settings_beside(data, None if role is None else Role(role), database, **allowed)
