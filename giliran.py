"""The command line. Every command imports what it needs when it runs, so that `--help` answers at once.

Exit codes: 0 good, 1 found a fault, 2 wrong use.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kiosk.command_line import FILE, FOLDER, Commands, as_json_option
from kiosk.lean_imports import put_off_collecting
from kiosk.version import VERSION
from printing.command_line import printer
from server.command_line import server
from server.staff_command_line import staff


def size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise click.BadParameter(f"{text!r} is not WIDTHxHEIGHT in pixels, such as 1080x1920.")
    return int(width), int(height)


def extras(text: str) -> frozenset[str]:
    wanted = frozenset(filter(None, text.split(",")))
    if not wanted <= {"desk", "board"}:
        raise click.BadParameter(f"{text!r} names something else than desk and board, such as desk,board.")
    return wanted


@click.group(cls=Commands, epilog="Example: giliran run")
@click.version_option(VERSION)
def main() -> None:
    """The self-service kiosk of a Mal Pelayanan Publik: one QR ticket, several agencies, no place lost."""


for group in (server, staff, printer):
    main.add_command(group)


@main.command(short_help="Everything on this machine, to try it.", epilog="Example: giliran run --data /tmp/giliran")
@click.option("--data", type=FOLDER, default="run-data", show_default=True, help="Where databases and slips go.")
@click.option("--headless", is_flag=True, help="No window, even where there is a display.")
@click.option("--with", "extra", type=extras, metavar="LIST", default="", help="desk, board, or desk,board besides.")
def run(data: Path, *, headless: bool, extra: frozenset[str]) -> None:
    """Everything on this machine: site server, kiosk, simulated printer; --with desk,board: a counter and a board too.

    Without a display it does one scripted visit, says so, and ends.
    """
    from ui.everything import run_everything

    sys.exit(run_everything(data, headless=headless, extra=extra))


@main.command(short_help="One kiosk: screens and printer.", epilog="Example: giliran kiosk --config kiosk.toml")
@click.option("--config", "config_file", type=FILE, required=True, help="What a technician sets for this machine.")
def kiosk(config_file: Path) -> None:
    """One kiosk: the visitor's screens and the printer."""
    put_off_collecting()
    from kiosk.config import load_config
    from printing.printer_settings import problems_of

    config = load_config(config_file, lambda config: problems_of(config.printer, config.data_dir))
    from kiosk.folder_owner import refuse_servers_folder

    refuse_servers_folder(config.data_dir)
    from ui.app import run_kiosk

    sys.exit(run_kiosk(config))


@main.command(short_help="An officer's counter: scan, call, serve.", epilog="Example: giliran desk --config desk.toml")
@click.option("--config", "config_file", type=FILE, required=True, help="What a technician sets for this counter's PC.")
@click.option("--strip", is_flag=True, help="A strip of 80 px that stays on top of the agency's own application.")
def desk(config_file: Path, *, strip: bool) -> None:
    """An officer's counter: scan, call, serve, with the mouse unplugged if need be."""
    from kiosk.desk.config import load_desk_config

    config = load_desk_config(config_file)
    from ui.desk.app import run_desk

    sys.exit(run_desk(config, strip=strip))


@main.command(
    short_help="A hall's board: who is called, seen and heard.", epilog="Example: giliran board --config board.toml"
)
@click.option("--config", "config_file", type=FILE, required=True, help="What a technician sets for this screen.")
def board(config_file: Path) -> None:
    """A hall's board on a TV: who is called where, seen and heard."""
    from kiosk.board_config import load_board_config

    config = load_board_config(config_file)
    from ui.board.app import run_board

    sys.exit(run_board(config))


@main.command(hidden=True, short_help="A board's voice.", epilog="Example: giliran voice")
@click.option("--engine", help="One of Qt's; else the system's own.")
def voice(engine: str | None) -> None:
    """What giliran board speaks through: a program of its own, because a speech engine may hang."""
    from ui.board.voice_process import run_voice

    sys.exit(run_voice(engine))


@main.command(
    short_help="A scripted visit through the real windows.",
    epilog="Example: giliran demo --out /tmp/visit --headless --language en",
)
@click.option("--out", type=FOLDER, required=True, help="For ticket.bin, ticket.png, screens/, summary.json.")
@click.option("--service", "services", multiple=True, metavar="ID", help="A service to take; several: repeat it.")
@click.option("--headless", is_flag=True, help="No window, even where there is a display.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--size", type=size, metavar="WIDTHxHEIGHT", default="1080x1920", show_default=True)
@click.option("--server", "server_url", metavar="URL", help="A running site server, instead of one of its own.")
def demo(**options: Any) -> None:
    """A scripted visit through the real windows, by synthetic touches, to a printed and synced ticket.

    With --server it takes a real number there: the next visitor of that hall gets the one after it.
    """
    from ui.demo import DemoOptions, run_demo

    sys.exit(run_demo(DemoOptions(**options)))


@main.command(short_help="Be let in by a server.", epilog="Example: giliran enrol 7KQ-M3X9T --config kiosk.toml")
@click.argument("code")
@click.option("--config", "config_file", type=FILE, help="Of the kiosk or the desk that is to be let in.")
@click.option("--data", type=FOLDER, help="Of the site server that is to be let in, instead of a kiosk.")
@click.option("--upstream", metavar="URL", help="The central server's address, for --data.")
@click.option("--authority", type=FILE, help="PEM file of the only authority to believe it by, for --data.")
@as_json_option
def enrol(code: str, config_file: Path | None, data: Path | None, **options: Any) -> None:
    """Be let in by the server that made CODE (giliran server invite), or what its QR says.

    Shows six words; the server shows the same ones, or somebody stands between.
    """
    if (config_file is None) == (data is None):
        raise click.UsageError("Say --config FILE for a kiosk, or --data DIR for a site server.")
    from kiosk import enrolling

    sys.exit(enrolling.run(code, config_file, data, **options))


@main.command(
    short_help="A kiosk's log on a stick.",
    epilog="Example: giliran export --config kiosk.toml --out /media/usb",
)
@click.option("--config", "config_file", type=FILE, help="Of the kiosk; it may be running.")
@click.option("--data", type=FOLDER, help="The kiosk's data folder instead, as on the disk of a dead one.")
@click.option("--out", type=FOLDER, default=".", show_default=True, help="The stick's folder, which must be there.")
@click.option("--all", "everything", is_flag=True, help="Also what central holds already.")
@as_json_option
def export(config_file: Path | None, data: Path | None, out: Path, **options: Any) -> None:
    """Write what central does not hold yet of a kiosk's log to one signed file, for `giliran server import`.

    Reads only: the kiosk may run, or be dead.
    """
    if (config_file is None) == (data is None):
        raise click.UsageError("Say --config FILE, or --data DIR with the kiosk's data folder.")
    from kiosk.export import run_export

    sys.exit(run_export(config_file, data, out, everything=options["everything"], as_json=options["as_json"]))


@main.command(
    short_help="Check a kiosk's or a server's database.", epilog="Example: giliran verify run-data/kiosk/kiosk.db"
)
@click.argument("file", metavar="[DB]", type=FILE, required=False)
@click.option("--data", type=FOLDER, help="The folder of a kiosk or a server, instead of DB.")
@click.option("--database", metavar="URL", help="The server in that folder keeps its data there.")
@click.option("--rebuild", is_flag=True, help="Build the tables again from the log first; nothing else may run.")
@as_json_option
def verify(file: Path | None, data: Path | None, database: str | None, *, rebuild: bool, as_json: bool) -> None:
    """Check a database: its pages, every chain of events, its tables against them. Names the first broken link.

    Nodes that hold the same events print the same hashes. Whoever is running goes on meanwhile.
    """
    if (file is None) == (data is None):
        raise click.UsageError("Name a database file, or --data with the folder of a kiosk or a server.")
    if database is not None and data is None:
        raise click.UsageError("--database goes with --data, the server's own folder.")
    from kiosk.checking import check_kiosk, is_servers
    from kiosk.folder_owner import SERVER_FILE

    folder = data or Path(file or ".").absolute().parent
    if data is not None and (data / SERVER_FILE).is_file():
        from server.remembered import settings_beside

        database = settings_beside(data, None, database).database
    if file is None and database is None:
        file = next((folder / name for name in ("server.db", "kiosk.db") if (folder / name).is_file()), None)
        if file is None:
            raise click.UsageError(f"There is neither a server.db nor a kiosk.db in {folder}.")
    if file is not None and not is_servers(file):
        sys.exit(check_kiosk(file, with_rebuild=rebuild, as_json=as_json))
    from server.checking import check_server

    if file is not None:
        database = f"sqlite+pysqlite:///{file.absolute().as_posix()}"
    sys.exit(check_server(folder, database, with_rebuild=rebuild, as_json=as_json))


@main.command(short_help="Check this installation.", epilog="Example: giliran selftest --json")
@as_json_option
def selftest(*, as_json: bool) -> None:
    """Check this installation: every screen, a database, a slip, its QR, a server. Touches no data."""
    from ui.selftest import run_selftest

    sys.exit(run_selftest(as_json=as_json))


@main.group(epilog="Example: giliran bench issue --json")
def bench() -> None:
    """How fast this machine does it, against the budgets."""


def bench_command(subject: str, sentence: str, *options: Callable[[Any], Any]) -> None:
    @as_json_option
    def measure(*, as_json: bool, **extent: int) -> None:
        from bench.report import run_benchmark
        from kiosk.logs import configure_logging

        configure_logging(None)  # only figures on standard output
        sys.exit(run_benchmark(subject, as_json=as_json, **extent))

    for option in options:
        measure = option(measure)
    bench.command(subject, help=sentence, epilog=f"Example: giliran bench {subject} --json")(measure)


count = click.option(
    "--count", type=click.IntRange(min=16), default=24_000, show_default=True, help="Numbers, on each database."
)

bench_command("issue", "From the press to a durable ticket and the first byte.")
bench_command("scan", "From a scanned ticket to the verdict at the desk.")
bench_command("call", "From a desk's call to what a board is told.")
bench_command("ingest", "Events per second at central, beside the bare database.")
bench_command("reserve", "Numbers that one site server gives to 16 kiosks at once.", count)
bench_command("search", "From a keystroke to the services found.")
bench_command("startup", "From the start to the first frame.")
bench_command("ui", "Frame times with the software renderer.")


def settle_locale() -> None:
    """A service is started without any locale, about which Qt complains. Python by itself does the same (PEP 538)."""
    if not any(os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        os.environ["LC_CTYPE"] = "C.UTF-8"


if __name__ == "__main__":
    settle_locale()
    main(prog_name="giliran")
