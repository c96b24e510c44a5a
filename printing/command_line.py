"""The commands about printers. Each imports what it needs when it runs, so that `--help` answers at once."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kiosk.command_line import FILE, FOLDER, as_json_option
from kiosk.errors import ProfileError

PROFILES = "generic-58mm, generic-80mm, generic-80mm-512"
"""Those of printing/profiles.toml, by name, so that `--help` need not read it."""


@click.group(short_help="Ask, probe, try and emulate printers.",
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
