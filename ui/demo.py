"""`giliran demo`: one scripted visit with everything real: windows, touches, store, spooler, printer bytes, server.

Leaves in the folder: `ticket.bin` (the slip's ESC/POS as the printer got it), `ticket.png` (the paper), `screens/`,
`summary.json`, and in `demo-data/` the kiosk and the server it came from, which go on with the next demo.
"""

import json
import os
import re
import shutil
import string
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import click

from kiosk.catalogue_file import load_catalogue
from kiosk.clock import SystemClock
from kiosk.config import SERVER_URL, KioskConfig, PrinterConfig, ScreenConfig, SyncConfig
from kiosk.data_in_force import DataPaths
from kiosk.domain.catalogue import Catalogue, Service
from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import MAX_STOPS
from kiosk.errors import KioskError, OfflineError, UnauthorisedError
from kiosk.identity import load_or_create_identity
from kiosk.logs import configure_logging
from kiosk.sync.pairing import pair_on_this_machine
from printing.simulated import SimulatedPrinter
from ui.app import KioskApplication
from ui.driver import VisitorDriver
from ui.local_server import LocalServer
from ui.machine import Machine
from ui.qt_application import qt_application
from ui.sample_hall import SAMPLE_SITE_ID, write_sample_hall
from ui.scripted_visit import ScriptedVisit, Visit

USUAL_SERVICES: Final = ("polda.lapor-hilang", "dukcapil.ktp-hilang")
"""A lost wallet: two agencies, one ticket."""

_AUDIENCE_PAUSE_S: Final = 0.8
_SIZES: Final = range(320, 7681)
_PICTURE: Final = re.compile(r"\d\d-[a-z-]+\.png")


class DemoFolderError(KioskError):
    """The folder for pictures cannot be used."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """As on the command line. `size`: pixels, width by height. `server_url` None: a server of its own. `data`: where
    kiosk and server live; None: in a folder of the demo's own below `out`, where they go on with the next demo.
    """

    out: Path
    services: tuple[str, ...] = USUAL_SERVICES
    headless: bool = True
    language: str = "id"
    size: tuple[int, int] = (1080, 1920)
    server_url: str | None = None
    data: Path | None = None

    @property
    def data_dir(self) -> Path:
        return self.data or self.out / "demo-data"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`summary` is what summary.json holds. Its `token` is the text of the QR; the slip is its only other copy."""

    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return bool(self.summary["print_verdict"] == PrintState.CONFIRMED and self.summary["synced"])


def has_display() -> bool:
    """Whether there is a screen to show windows on."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_demo(options: DemoOptions) -> int:
    """Make the visit and say in one sentence what came of it. Returns 1 unless it was printed and synced."""
    outcome = make_visit(options)
    click.echo(sentence(outcome, options.out))
    return 0 if outcome.is_good else 1


def sentence(outcome: Outcome, out: Path) -> str:
    summary = outcome.summary
    services = len(summary["services"])
    synced = ", and its server has it" if summary["synced"] else "; its server does NOT have it yet"
    trouble = f" ({summary['sync_trouble'].rstrip('.')})" if summary["sync_trouble"] else ""
    return (
        f"Ticket {summary['label']} for {services} service{'s' * (services > 1)} was issued, its slip is"
        f" {summary['print_verdict']}{synced}{trouble}. Pictures: {out / 'screens'}, the slip: {out / 'ticket.png'}"
    )


def make_visit(options: DemoOptions) -> Outcome:
    """Raises click.UsageError for options that cannot be, KioskError where the surroundings fail."""
    _check(options)
    shipped = DataPaths.of(KioskConfig())
    _services(load_catalogue(shipped.catalogue, shipped.numbers), options.services)
    data, headless = options.data_dir, options.headless or not has_display()
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    album = _empty_album(options.out / "screens")
    configure_logging(data / "kiosk" / "logs")
    with ExitStack() as stack:
        server = options.server_url or stack.enter_context(LocalServer(data / "server")).url
        config = _paired(_config(options, data, server), server)
        qt_application()
        application = KioskApplication(config, SystemClock())
        stack.callback(application.close)
        machine = _running(application)
        services = _services(machine.hall.catalogue, options.services or USUAL_SERVICES)
        application.show()
        driver = VisitorDriver(application.window, timeout_s=20, pause_s=0.0 if headless else _AUDIENCE_PAUSE_S)
        visit = ScriptedVisit(application, services, Language(options.language), album, driver).make()
    return _keep(visit, options.out, SimulatedPrinter(data / "slips").slips())


def _check(options: DemoOptions) -> None:
    if not all(each in _SIZES for each in options.size):
        raise click.UsageError(f"A window is {_SIZES.start} to {_SIZES.stop - 1} pixels wide and high.")
    if len(set(options.services)) > MAX_STOPS:
        raise click.UsageError(f"A ticket is for at most {MAX_STOPS} services.")
    if options.server_url is not None and not re.fullmatch(SERVER_URL[0], options.server_url):
        raise click.UsageError(f"The server {options.server_url!r} must be {SERVER_URL[1]}.")


def _empty_album(folder: Path) -> Path:
    """Only the pictures of an earlier demo go; whatever else lies there is not ours."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for picture in folder.iterdir():
            if _PICTURE.fullmatch(picture.name):
                picture.unlink()
    except OSError as error:
        raise DemoFolderError(f"The demo cannot write to {folder}: {error.strerror}.") from error
    return folder


def _config(options: DemoOptions, data: Path, server: str) -> KioskConfig:
    width, height = options.size
    upright_mm, lying_mm = 336.0, 598.0  # a 27-inch panel
    return KioskConfig(
        data_dir=data / "kiosk",
        site=write_sample_hall(data / "site.json"),
        printer=PrinterConfig(device=f"sim:{(data / 'slips').resolve()}"),
        sync=SyncConfig(server=server),
        screen=ScreenConfig(
            width_px=width,
            height_px=height,
            panel_width_mm=upright_mm if width < height else lying_mm,
            full_screen=False,
            animations=not options.headless,
        ),
    )


def _paired(config: KioskConfig, server: str) -> KioskConfig:
    """With the first number and letter that no other kiosk of the server has, as an operator would give them.

    A server that is away, or on another machine, is left to the sync: the summary then says what came of it.
    """
    config.data_dir.mkdir(parents=True, exist_ok=True)
    identity = load_or_create_identity(config.data_dir)
    taken: UnauthorisedError | None = None
    for number, letter in enumerate(string.ascii_uppercase, start=1):
        config = replace(config, number=number, letter=letter)
        try:
            pair_on_this_machine(server, identity, SAMPLE_SITE_ID, config)
        except UnauthorisedError as refusal:
            taken = refusal
        except OfflineError:
            return replace(config, number=1, letter="A")
        else:
            return config
    raise taken or KioskError("The server does not take this kiosk.")


def _running(application: KioskApplication) -> Machine:
    if application.machine is None:
        raise application.trouble or KioskError("The kiosk did not start.")
    return application.machine


def _services(catalogue: Catalogue, ids: tuple[str, ...]) -> tuple[Service, ...]:
    unknown = [each for each in ids if each not in catalogue.services]
    if unknown:
        raise click.UsageError(f"No service is called {', '.join(unknown)}; an id looks like {USUAL_SERVICES[0]}.")
    return tuple(catalogue.services[each] for each in dict.fromkeys(ids))


def _keep(visit: Visit, out: Path, slips: tuple[Path, ...]) -> Outcome:
    if slips:
        shutil.copyfile(slips[-1], out / "ticket.png")
        shutil.copyfile(slips[-1].with_suffix(".bin"), out / "ticket.bin")
    summary = {
        "label": visit.ticket.label,
        "token": visit.ticket.token,
        "services": [stop.service_id for stop in visit.ticket.stops],
        "issued_at": visit.ticket.issued_at.isoformat(timespec="milliseconds"),
        "print_verdict": visit.job.state.value,
        "synced": visit.is_synced,
        "sync_trouble": visit.trouble,
        "timings_ms": visit.timings_ms,
    }
    (out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return Outcome(summary)
