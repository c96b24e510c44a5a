"""`giliran server` and its commands. Imports what each needs only when it runs, so that `--help` answers at once."""

import signal
import sys
from pathlib import Path

import click

from kiosk.command_line import FOLDER, address


@click.group(
    invoke_without_command=True,
    short_help="The server of a site, or the central one.",
    epilog="Example: giliran server --role site --data /var/lib/giliran --listen 0.0.0.0:8035",
)
@click.option("--role", type=click.Choice(["site", "central"]), help="Which of the two this is.")
@click.option("--data", type=FOLDER, help="Its own folder.")
@click.option("--database", metavar="URL", help="Another database than SQLite in that folder.")
@click.option("--listen", type=address, metavar="HOST:PORT", default="127.0.0.1:8035", show_default=True)
@click.pass_context
def server(context: click.Context, role: str | None, data: Path | None, database: str | None, listen: str) -> None:
    """The server of a site, or the central one: the same program. Ends in good order on Ctrl-C or SIGTERM.

    Port 0 takes any free one; the address is printed and kept in the folder, as server.address.
    """
    if context.invoked_subcommand is not None:
        return
    if role is None:
        raise click.MissingParameter(param_hint="'--role'", param_type="option")
    if data is None:
        raise click.MissingParameter(param_hint="'--data'", param_type="option")
    from kiosk.logs import configure_logging

    configure_logging(data)
    from server.run import serve
    from server.settings import Role, ServerSettings

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))  # uvicorn raises the signal again once it has stopped
    settings = ServerSettings(Role(role), data, database)
    serve(settings, listen, lambda url: click.echo(f"Listening on {url}"))
