"""`giliran demo`: one scripted visit with everything real: windows, touches, store, spooler, printer bytes, server.

Leaves in the folder: `ticket.bin` (the slip's ESC/POS as the printer got it), `ticket.png` (the paper), `screens/`,
`summary.json`, and under `data/` the databases and logs it came from.
"""

import json
import os
import shutil
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from kiosk.clock import SystemClock
from kiosk.config import KioskConfig, PrinterConfig, ScreenConfig, SyncConfig
from kiosk.domain.catalogue import Catalogue, Service
from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintState
from kiosk.errors import KioskError
from kiosk.logs import configure_logging
from kiosk.sync.pairing import pair_on_this_machine
from printing.simulated import SimulatedPrinter
from ui.app import KioskApplication
from ui.driver import VisitorDriver
from ui.local_server import LocalServer
from ui.machine import Machine
from ui.qt_application import qt_application
from ui.sample_hall import write_sample_hall
from ui.scripted_visit import ScriptedVisit, Visit

USUAL_SERVICES: Final = ("polda.lapor-hilang", "dukcapil.ktp-hilang")
"""A lost wallet: two agencies, one ticket."""

_AUDIENCE_PAUSE_S: Final = 0.8


class UnknownServiceError(KioskError):
    """The hall does not offer a service of this id."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """As on the command line. `size`: pixels, width by height. `server_url` None: a server of its own."""

    out: Path
    services: tuple[str, ...] = USUAL_SERVICES
    headless: bool = True
    language: str = "id"
    size: tuple[int, int] = (1080, 1920)
    server_url: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`token` is the text of the QR; the slip is its only other copy. `files`: what to look at."""

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
    where = "its server has it" if summary["synced"] else "but its server does NOT have it yet"
    return (
        f"Ticket {summary['label']} for {len(summary['services'])} service(s) was issued, its slip is"
        f" {summary['print_verdict']}, and {where}. Pictures: {out / 'screens'}, the slip: {out / 'ticket.png'}"
    )


def make_visit(options: DemoOptions) -> Outcome:
    if options.headless or not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    data, slips = options.out / "data", options.out / "data" / "slips"
    for old in (options.out / "screens", data):
        shutil.rmtree(old, ignore_errors=True)
    configure_logging(data / "kiosk" / "logs")
    with ExitStack() as stack:
        server = options.server_url or stack.enter_context(LocalServer(data / "server")).url
        config = _config(options, data, server)
        qt_application()
        application = KioskApplication(config, SystemClock())
        stack.callback(application.close)
        machine = _running(application)
        services = _services(machine.hall.catalogue, options.services or USUAL_SERVICES)
        pair_on_this_machine(server, machine.identity, machine.hall.site.id, config)
        application.show()
        pause_s = 0.0 if options.headless or not has_display() else _AUDIENCE_PAUSE_S
        driver = VisitorDriver(application.window, timeout_s=20, pause_s=pause_s)
        album = options.out / "screens"
        visit = ScriptedVisit(application, services, Language(options.language), album, driver).make()
    return _keep(visit, options.out, SimulatedPrinter(slips).slips())


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


def _running(application: KioskApplication) -> Machine:
    if application.machine is None:
        raise application.trouble or KioskError("The kiosk did not start.")
    return application.machine


def _services(catalogue: Catalogue, ids: tuple[str, ...]) -> tuple[Service, ...]:
    unknown = [each for each in ids if each not in catalogue.services]
    if unknown:
        raise UnknownServiceError(f"No service is called {', '.join(unknown)}; an id looks like {USUAL_SERVICES[0]}.")
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
        "timings_ms": visit.timings_ms,
    }
    (out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return Outcome(summary)
