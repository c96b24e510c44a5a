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
from kiosk.errors import ProfileError
from kiosk.version import VERSION
from server.command_line import server

PROFILES = "generic-58mm, generic-80mm, generic-80mm-512"
"""Those of printing/profiles.toml, by name, so that `--help` need not read it."""


def size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise click.BadParameter(f"{text!r} is not WIDTHxHEIGHT in pixels, such as 1080x1920.")
    return int(width), int(height)


@click.group(cls=Commands, epilog="Example: giliran run")
@click.version_option(VERSION)
def main() -> None:
    """The self-service kiosk of a Mal Pelayanan Publik: one QR ticket, several agencies, no place lost."""


main.add_command(server)


@main.command(short_help="Everything on this machine, to try it.", epilog="Example: giliran run --data /tmp/giliran")
@click.option("--data", type=FOLDER, default="run-data", show_default=True, help="Where databases and slips go.")
@click.option("--headless", is_flag=True, help="No window, even where there is a display.")
def run(data: Path, *, headless: bool) -> None:
    """Everything on this machine: site server, kiosk, simulated printer.

    Without a display it does one scripted visit, says so, and ends.
    """
    from ui.everything import run_everything

    sys.exit(run_everything(data, headless=headless))


@main.command(short_help="One kiosk: screens and printer.", epilog="Example: giliran kiosk --config kiosk.toml")
@click.option("--config", "config_file", type=FILE, required=True, help="What a technician sets for this machine.")
def kiosk(config_file: Path) -> None:
    """One kiosk: the visitor's screens and the printer."""
    from kiosk.config import load_config
    from printing.printer_settings import problems_of

    config = load_config(config_file, lambda config: problems_of(config.printer, config.data_dir))
    from kiosk.folder_owner import refuse_servers_folder

    refuse_servers_folder(config.data_dir)
    from ui.app import run_kiosk

    sys.exit(run_kiosk(config))


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
@click.option("--config", "config_file", type=FILE, help="Of the kiosk that is to be let in.")
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


@main.group(short_help="Ask, probe, try and emulate printers.",
            epilog="Example: giliran printer status tcp://192.0.2.7:9100")  # fmt: skip
def printer() -> None:
    """One printer: tcp://HOST:9100, file:/dev/usb/lp0, serial:/dev/ttyUSB0, usb:VID:PID, win:NAME or sim:DIR."""


def printer_command(name: str, function: str, sentence: str, *options: Callable[[Any], Any]) -> None:
    @click.argument("device", required=False)
    @click.option("--profile", metavar="NAME", help=f"One of {PROFILES}; auto; or a .toml file, such as probe writes.")
    @click.option("--config", "config_file", type=FILE, help="The printers of this kiosk, and what it knows of them.")
    @as_json_option
    def command(
        device: str | None, profile: str | None, config_file: Path | None, *, as_json: bool, **more: Any
    ) -> None:
        from kiosk.logs import configure_logging
        from printing import console
        from printing.inspecting.chosen import Choice

        configure_logging(None)  # only answers on standard output
        try:
            sys.exit(getattr(console, function)(Choice(device, profile, config_file), as_json=as_json, **more))
        except ProfileError as error:
            raise click.UsageError(str(error)) from error

    for option in options:
        command = option(command)
    example = f"Example: giliran printer {name} tcp://192.0.2.7:9100 --json"
    printer.command(name, help=sentence, epilog=example)(command)


@printer.command("probe", short_help="What it is and what it can do; writes its profile.",
                 epilog="Example: giliran printer probe --config kiosk.toml")  # fmt: skip
@click.argument("device", required=False)
@click.option(
    "--config", "config_file", type=FILE, help="The kiosk's settings: its printer, and where the profile goes."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Another file for the profile.")
@click.option("--answers", help="What the slip will show, for scripts: width=576,letters=4,cut=partial.")
@click.option("--no-slip", is_flag=True, help="Ask only, print nothing; what a slip would show is left to the tables.")
@click.option("--write-only", is_flag=True, help="It is surely a printer, though it answers nothing.")
@as_json_option
def probe(  # noqa: PLR0913  # one an option
    device: str | None,
    config_file: Path | None,
    out: Path | None,
    answers: str | None,
    *,
    no_slip: bool,
    write_only: bool,
    as_json: bool,
) -> None:
    """What a printer is and what it can do, by asking it and by one slip that you look at: three questions.

    Without DEVICE it is the printer of the settings (kiosk.toml here, if there is one), else the one that is plugged
    in. Where nobody is asked, and --answers does not tell, no slip is printed. The profile goes where the kiosk looks
    for it, or to printer-DEVICE.toml.
    """
    from printing.probing.choice import chosen
    from printing.probing.dialogue import foretold
    from printing.probing.probe import Request, run_probe

    told = None if answers is None else foretold(answers)
    try:
        with chosen(device, config_file, out) as (url, file, hint):
            sys.exit(run_probe(Request(url, file, hint, told, not no_slip, write_only, as_json)))
    except ProfileError as error:
        raise click.UsageError(str(error)) from error


pages = click.option(
    "--page",
    "pages",
    type=click.Choice(["raster", "text", "raster-slip", "text-slip"]),
    multiple=True,
    help="Only this one; several: repeat it.",
)

printer_command("status", "show_status", "Every part of it now, and the paper that is left.")
printer_command("test-page", "print_test_page", "Head, letters, QR sizes and a sample slip, in two ways.", pages)
printer_command("watch", "watch", "Its state at every change, until Ctrl-C.")


@printer.command(
    short_help="A printer that is not there, to print to.",
    epilog="Example: giliran printer emulate --listen tcp://127.0.0.1:9100 --model clone --out /tmp/paper",
)
@click.option(
    "--listen",
    required=True,
    metavar="LINE",
    help="tcp://127.0.0.1:PORT (0: any), pty, pty:LINK (a serial port), lp:LINK (a device file), fifo:PATH (one way).",
)
@click.option(
    "--model",
    type=click.Choice(["epson", "clone", "mute", "liar", "slow"]),
    default="epson",
    show_default=True,
    help="How far it can be believed.",
)
@click.option("--script", type=FILE, help="Faults at a byte, within a slip or after a time, as TOML.")
@click.option("--out", type=FOLDER, required=True, help="For the paper: PNG and bytes, and paper.ndjson.")
@click.option("--profile", default="generic-80mm", show_default=True, help=f"Its head is as wide: {PROFILES}.")
@click.option("--speed", type=click.FloatRange(min=0), metavar="MM_PER_S", help="0: at once. Without: 200; slow: 20.")
@click.option("--baud", type=click.IntRange(min=300), help="Take bytes no faster than a serial line of this speed.")
@click.option(
    "--flow",
    type=click.Choice(["none", "xonxoff"]),
    default="none",
    show_default=True,
    help="Say by XOFF that it is full, or only stop reading.",
)
@click.option(
    "--clears", type=click.Choice(["always", "error", "never"]), help="When DLE ENQ 2 clears it. Without: as its model."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line instead of words.")
def emulate(**options: Any) -> None:
    """A printer in a process of its own, on a line that the kiosk can print to. Docs: docs/printers.md.

    Commands come on standard input, one a line: paper MM, near on|off, cover open|close, cutter jam|free, heat
    hot|cool, head dead|alive, silence on|off, noise on|off, late on|off, stall on|off, power off|on, unplug, plug,
    drop, state. Its end ends the printer.
    """
    from printing.emulator.console import Options, run_emulator

    try:
        sys.exit(run_emulator(Options(**options)))
    except ProfileError as error:
        raise click.UsageError(str(error)) from error


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
