"""What all commands share: kinds of arguments, and how trouble is told. Imports nothing that takes time."""

from pathlib import Path
from typing import IO, Any, cast

import click

from kiosk.errors import KioskError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)

as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of words.")


class Trouble(click.ClickException):
    """What went wrong around us, as the sentence to read: no prefix, no traceback, exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


class Commands(click.Group):
    """Turns what the environment did to us into a sentence. A bug keeps its traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return cast("object", super().invoke(ctx))
        except KioskError as error:
            raise Trouble(str(error)) from error


def address(text: str) -> str:
    """Of an option that says where to listen."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise click.BadParameter(f"{text!r} is not HOST:PORT, such as 127.0.0.1:8035.")
    return text


def server_url(text: str) -> str:
    """Of an option that names another server."""
    scheme, _, rest = text.partition("://")
    if scheme not in {"http", "https"} or not rest.strip("/") or any(mark in rest for mark in " ?#@"):
        raise click.BadParameter(f"{text!r} is no server's address, such as https://central.example:8035.")
    return text.rstrip("/")


def machine_name(text: str) -> str:
    """Of an option that names a device, as kiosk.sync.wire.DeviceName has it."""
    if not (1 <= len(text) <= 60 and text.isprintable()):
        raise click.BadParameter("a name has 1 to 60 characters, without control characters.")
    return text
