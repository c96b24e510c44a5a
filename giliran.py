"""The command line. Every command imports what it needs when it runs, so that `--help` answers at once.

Exit codes: 0 good, 1 found a fault, 2 wrong use.
"""

import sys
from pathlib import Path
from typing import Any, cast

import click

from kiosk.errors import KioskError

OUTPUT_AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of words.")
DEVICE = click.argument("device", metavar="DEVICE")


class Trouble(click.ClickException):  # noqa: N818  # not an error of ours: what the person at the terminal reads
    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=True)


class Commands(click.Group):
    """What the environment did to us becomes a sentence and exit code 1. A bug keeps its traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return cast("object", super().invoke(ctx))
        except KioskError as error:
            raise Trouble(str(error)) from error


class Pair(click.ParamType):
    """Two parts around a separator, such as HOST:PORT or WIDTHxHEIGHT, the numbers checked."""

    def __init__(self, name: str, separator: str, first: type[str | int]) -> None:
        self.name = name
        self.separator = separator
        self.first = first

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str | int, int]:
        if isinstance(value, tuple):
            return cast("tuple[str | int, int]", value)
        first, separator, second = str(value).rpartition(self.separator)
        try:
            if not separator or not first:
                raise ValueError
            return self.first(first), int(second)
        except ValueError:
            self.fail(f"{value!r} is not {self.name}", param, ctx)


@click.group(cls=Commands, epilog="Example: giliran run", context_settings={"max_content_width": 100})
def main() -> None:
    """The self-service kiosk of a Mal Pelayanan Publik: one QR ticket, several agencies, no place lost."""


@main.command(epilog="Example: giliran run --data /tmp/giliran")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("run-data"),
    show_default=True,
    help="Where the databases and the slips go.",
)
@click.option("--headless", is_flag=True, help="No window: one scripted visit, even where there is a display.")
def run(data: Path, *, headless: bool) -> None:
    """Everything on this machine: site server, kiosk and simulated printer.

    Without a display it does one scripted visit, says so, and ends.
    """
    from ui.everything import run_everything

    sys.exit(run_everything(data, headless=headless))


@main.command(epilog="Example: giliran kiosk --config /etc/giliran/kiosk.toml")
@click.option(
    "--config",
    "config_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="One TOML file: see docs/operations.md.",
)
def kiosk(config_file: Path) -> None:
    """The visitor's screens and the printer of one kiosk."""
    from kiosk.config import load_config
    from ui.app import run_kiosk

    sys.exit(run_kiosk(load_config(config_file)))


@main.command(epilog="Example: giliran server --role site --data /var/lib/giliran --listen 0.0.0.0:8080")
@click.option("--role", required=True, type=click.Choice(["site", "central"]), help="What this server is.")
@click.option("--data", required=True, type=click.Path(file_okay=False, path_type=Path), help="Its folder.")
@click.option("--database", metavar="URL", help="Another database than SQLite in the folder.")
@click.option(
    "--listen",
    type=Pair("HOST:PORT", ":", str),
    metavar="HOST:PORT",
    default=("127.0.0.1", 8080),
    show_default="127.0.0.1:8080",
    help="Port 0 takes a free one.",
)
def server(role: str, data: Path, database: str | None, listen: tuple[str, int]) -> None:
    """The server of a site, or the central one: the same program."""
    from server.run import serve

    serve(role, data, listen, database=database)


@main.command(epilog="Example: giliran demo --out /tmp/visit --headless --language en")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where ticket.bin, ticket.png, screens/ and summary.json go.",
)
@click.option("--service", "services", multiple=True, metavar="ID", help="A service to take; repeat for several.")
@click.option("--headless", is_flag=True, help="No window, even where there is a display.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option(
    "--size",
    type=Pair("WIDTHxHEIGHT", "x", int),
    metavar="WIDTHxHEIGHT",
    default=(1080, 1920),
    show_default="1080x1920",
    help="The window, in pixels.",
)
@click.option("--server", "server_url", metavar="URL", help="A running site server instead of one of its own.")
def demo(  # noqa: PLR0913  # one parameter an option
    out: Path,
    services: tuple[str, ...],
    language: str,
    size: tuple[int, int],
    server_url: str | None,
    *,
    headless: bool,
) -> None:
    """A scripted visit through the real windows, by synthetic touches, to a printed and synced ticket."""
    from kiosk.domain.language import Language
    from ui.demo import DemoOptions, run_demo

    sys.exit(run_demo(DemoOptions(out, services, Language(language), size, server_url, headless)))


if __name__ == "__main__":
    main(prog_name="giliran")
