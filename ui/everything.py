"""`giliran run`: a site server, a kiosk and a simulated printer on this machine, to try all of it in one command; with
a counter and a board beside them, where asked for.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow
from shiboken6 import Shiboken

from kiosk.clock import SystemClock
from kiosk.config import KioskConfig, PrinterConfig, ScannerConfig, ScreenConfig, SyncConfig
from kiosk.domain.catalogue import Catalogue
from kiosk.errors import KioskError
from kiosk.paths import resource_path
from kiosk.sync.pairing import pair_on_this_machine
from ui.app import KioskApplication
from ui.demo import USUAL_SERVICES, DemoOptions, has_display, make_visit, sentence
from ui.last_words import watch_for_failures
from ui.local_server import LocalServer
from ui.pasted_scan import PastedScan
from ui.qt_application import heed_signals, qt_application
from ui.sample_hall import write_sample_hall
from ui.slip_tray.tray import SlipTray

_SHARE_OF_SCREEN: Final = 0.9
_PANEL_MM: Final = (336.0, 598.0)
"""A 27-inch panel standing upright: the window is its picture, however small this screen is."""


def run_everything(data: Path, *, headless: bool, extra: frozenset[str] = frozenset()) -> int:
    """Open the windows and stay until they are closed; without a display, make one scripted visit and say so.

    `extra`: desk, board, or both, besides.
    """
    if headless or not has_display():
        why = "As asked, no windows" if headless else "There is no display here"
        if extra:
            click.echo(f"{why}: this is one scripted visit, from the kiosk to the counter.")
            return _loop(data)
        click.echo(f"{why}: this is one scripted visit.")
        outcome = make_visit(DemoOptions(out=data, data=data))
        click.echo(sentence(outcome, data))
        return 0 if outcome.is_good else 1
    return _run_windows(data, extra)


def _loop(data: Path) -> int:
    from ui.whole_loop import make_whole_loop  # noqa: PLC0415  # two more programs' worth of windows

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    write_sample_hall(data / "site.json")
    try:
        click.echo(make_whole_loop(data))
    except (KioskError, TimeoutError) as error:
        click.echo(f"The loop was broken: {error}", err=True)
        return 1
    return 0


def _run_windows(data: Path, extra: frozenset[str]) -> int:
    application = qt_application()
    heed_signals()
    watch_for_failures(data / "kiosk" / "logs")
    with ExitStack() as stack:
        screen = QGuiApplication.primaryScreen().availableSize()
        site_file = write_sample_hall(data / "site.json")
        server = stack.enter_context(LocalServer(data / "server", site_file if extra else None))
        config = _config(data, server.url, screen.height())
        kiosk = KioskApplication(config, SystemClock(), is_closable=True)
        stack.callback(kiosk.close)
        if kiosk.machine is None:
            raise kiosk.trouble or RuntimeError("the kiosk did not start")
        site, catalogue = kiosk.machine.hall.site, kiosk.machine.hall.catalogue
        pair_on_this_machine(server.url, kiosk.machine.identity, site.id, config, site.timezone.key)
        kiosk.window.closing.connect(application.quit)
        kiosk.show()
        stack.callback(Shiboken.delete, show_tray(data / "slips", kiosk.window, kiosk.attendant.scan))
        stack.callback(Shiboken.delete, scan_what_is_pasted(kiosk))
        click.echo(f"Kiosk, printer and server are running. Server: {server.url}  Data: {data.resolve()}")
        click.echo(
            "Hold a slip before the kiosk's scanner: the button under it, or copy its code, then Ctrl+V in its window."
        )
        stack.enter_context(_beside(data, server.url, extra, (screen.width(), screen.height()), catalogue))
        click.echo("Close the kiosk's window, or press Ctrl-C, to end.")
        return application.exec()


@contextmanager
def _beside(
    data: Path, server_url: str, extra: frozenset[str], screen: tuple[int, int], catalogue: Catalogue
) -> Iterator[None]:
    """The windows of a counter and of a board, as programs of their own; and what to do with them, in words."""
    if not extra:
        yield
        return
    from ui.counter_and_board import board_settings, desk_settings, make_officer, windows  # noqa: PLC0415  # if asked

    commands = []
    if "desk" in extra:
        commands.append(("desk", "--config", str(desk_settings(data, server_url, USUAL_SERVICES[0]))))
        service = catalogue.services[USUAL_SERVICES[0]]
        officer = make_officer(data / "server")
        click.echo(f"Sign in at the desk as {officer.staff} with PIN {officer.pin}, and open it: F12, 1.")
        where = f"{catalogue.agency_of(service).short}, {service.name.id}"
        click.echo(f"Take a number at the kiosk ({where}), and call it at the desk: F2.")
        click.echo("Scan it: copy the code under the slip, at the desk press / and Ctrl+V and Enter. Done: F5.")
    if "board" in extra:
        commands.append(("board", "--config", str(board_settings(data, server_url, screen))))
        click.echo(f"The same board for any browser: {server_url}/board/all")
    with windows(commands, data / "logs"):
        yield


def _config(data: Path, server: str, screen_height: int) -> KioskConfig:
    height = min(1920, round(screen_height * _SHARE_OF_SCREEN))
    return KioskConfig(
        data_dir=data / "kiosk",
        site=write_sample_hall(data / "site.json"),
        printer=PrinterConfig(device=f"sim:{(data / 'slips').resolve()}"),
        sync=SyncConfig(server=server),
        scanner=ScannerConfig(enabled=True),
        screen=ScreenConfig(
            width_px=round(height * 9 / 16), height_px=height, panel_width_mm=_PANEL_MM[0], full_screen=False
        ),
    )


def scan_what_is_pasted(kiosk: KioskApplication) -> PastedScan:
    """Ctrl+V in the kiosk's window, for who has no scanner at hand. Whoever deletes it ends that."""
    pasted = PastedScan()
    pasted.scanned.connect(kiosk.attendant.scan)
    kiosk.window.installEventFilter(pasted)
    return pasted


def show_tray(
    slips: Path, beside: QQuickWindow, hold: Callable[[str], object] = lambda _: None
) -> QQmlApplicationEngine:
    """The engine owns the window; who deletes it closes the window. `hold`: before the kiosk's scanner."""
    engine = QQmlApplicationEngine()
    engine.addImportPath(str(resource_path("")))
    tray = SlipTray(slips, engine)
    tray.held.connect(hold)
    engine.setInitialProperties({"tray": tray})
    engine.loadFromModule("ui.slip_tray", "Tray")
    for window in engine.rootObjects():
        if isinstance(window, QQuickWindow):
            place = beside.frameGeometry()
            window.setGeometry(place.right() + 16, place.top(), round(place.width() * 0.8), beside.height())
            window.show()
    return engine
