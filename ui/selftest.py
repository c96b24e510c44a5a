"""Is this installation whole? Everything that a build can lose is used once: QML, plugins, fonts, data, libraries.

Works in a temporary folder and on a screen that does not exist; touches nothing of a kiosk on the same machine.
"""

import json
import os
import queue
import subprocess
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

import click
import httpx2
import zxingcpp
from PIL import Image
from PySide6.QtCore import QUrl
from PySide6.QtQml import QQmlComponent
from pysqlite3 import dbapi2

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, PrinterConfig, ScreenConfig
from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.ticket import IssueRequest, Ticket
from kiosk.domain.token import KioskKey, Valid
from kiosk.domain.token import verify as verify_token
from kiosk.errors import KioskError
from kiosk.issuing import Issued
from kiosk.logs import configure_logging
from kiosk.paths import own_command, resource_path
from kiosk.store.verify import Verified, verify
from printing.scripts import SCRIPTS, can_shape, is_drawable
from printing.simulated import SimulatedPrinter
from printing.text_renderer import render_text
from printing.ticket_layout import layout, slip_languages
from printing.typeface import Face, Weight, drawn_word
from ui.app import KioskApplication
from ui.board import view_model as _of_the_board  # noqa: F401  # QML is compiled here that needs its types
from ui.desk import view_model as _of_the_desk  # noqa: F401  # and its
from ui.machine import Machine
from ui.qt_application import qt_application
from ui.slip_tray import tray  # noqa: F401  # and its

A_MONDAY_MORNING: Final = datetime(2026, 11, 23, 3, tzinfo=UTC)
"""10.00 in Jakarta: the sample hall is open, whenever the test runs."""

_PATIENCE_S: Final = 30.0


class SelftestError(KioskError):
    """`str` says what this installation lacks."""


@dataclass(frozen=True, slots=True)
class Outcome:
    check: str
    ok: bool
    detail: str
    seconds: float


def run_selftest(*, as_json: bool) -> int:
    """Prints a line a check, or one JSON document. Returns 1 when something is missing."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    configure_logging(None)
    outcomes = []
    for name, check in CHECKS.items():
        outcomes.append(_outcome(name, check))
        if not as_json:
            click.echo(_line(outcomes[-1]))
    is_whole = all(outcome.ok for outcome in outcomes)
    if as_json:
        click.echo(json.dumps({"ok": is_whole, "checks": [asdict(outcome) for outcome in outcomes]}, indent=2))
    return 0 if is_whole else 1


def _outcome(name: str, check: Callable[[Path], str]) -> Outcome:
    began = monotonic()
    with TemporaryDirectory(prefix="giliran-selftest-") as folder:
        try:
            ok, detail = True, check(Path(folder))
        except Exception as error:  # noqa: BLE001  # whatever a broken build raises is what we are here to tell
            traceback.print_exc()
            ok, detail = False, f"{type(error).__name__}: {error}"
    return Outcome(name, ok, detail, round(monotonic() - began, 2))


def _line(outcome: Outcome) -> str:
    return f"{'ok  ' if outcome.ok else 'FAIL'}  {outcome.check:<8} {outcome.detail} ({outcome.seconds:.1f} s)"


def check_screens(folder: Path) -> str:
    """Every QML file compiles with this build's Qt; the real window shows a frame in each language."""
    qt_application()
    application = KioskApplication(_config(folder), FakeClock(A_MONDAY_MORNING))
    try:
        if application.machine is None:
            raise SelftestError(str(application.trouble))
        files = sorted(resource_path("ui").rglob("*.qml"))
        for path in files:
            component = QQmlComponent(application.engine, QUrl.fromLocalFile(str(path)))
            if component.isError():
                raise SelftestError(component.errorString().strip())
        application.show()
        for language in Language:
            application.view_model.setLanguage(language.value)
            frame = application.window.grabWindow()
            if frame.isNull() or len({frame.pixel(x, x) for x in range(0, frame.width(), 10)}) == 1:
                raise SelftestError(f"the window stayed empty in {language.name.capitalize()}")
        if application.qml_warnings:
            raise SelftestError("; ".join(application.qml_warnings))
    finally:
        application.close()
    return f"{len(files)} QML files, frames of {frame.width()}x{frame.height()} in {len(Language)} languages"


def check_ticket(folder: Path) -> str:
    """A ticket is stored, printed and verified; its QR is read back from the slips of both renderers."""
    config = _config(folder)
    settled: queue.SimpleQueue[PrintJob] = queue.SimpleQueue()
    machine = Machine(config, FakeClock(A_MONDAY_MORNING), settled.put, lambda _: None)
    try:
        machine.start()
        wish = IssueRequest("selftest", (machine.hall.popular[0].id,), is_priority=False, language=Language.ENGLISH)
        issued = machine.machinery.issue(wish)
        if not isinstance(issued, Issued):
            raise SelftestError(f"no ticket was issued: {issued}")
        verdict = _verdict(settled)
        _type_slip(machine, issued.ticket, folder / "slips")
        slips = SimulatedPrinter(folder / "slips").slips()
        trust = {
            machine.identity.key_id: KioskKey(machine.identity.public_key, machine.hall.site.number, config.number)
        }
        for slip in slips:
            judged = verify_token(_read_qr(slip), trust, machine.hall.site.number)
            if not isinstance(judged, Valid):
                raise SelftestError(f"the QR of {slip.name} is refused: {judged.reason}")
    finally:
        machine.close()
    verified = verify(machine.store.path)
    if not isinstance(verified, Verified):
        raise SelftestError(f"the database does not verify: {verified}")
    words = f"{issued.ticket.label} {verdict}, {len(slips)} slips read back"
    return f"{words}, {_drawn_scripts()}, SQLite {dbapi2.sqlite_version}"


def check_voice(_folder: Path) -> str:
    """A board's bell and its way to the machine's voice; nothing is played. Without a sound system: no fault."""
    if not resource_path("assets/sounds/bell.wav").is_file():
        raise SelftestError("the bell's sound is missing")
    try:
        from PySide6.QtTextToSpeech import QTextToSpeech  # noqa: PLC0415  # links to the machine's sound system
    except ImportError as error:
        return f"this machine has no sound system ({error}): a board here flashes only"
    engines = [name for name in QTextToSpeech.availableEngines() if name != "mock"]
    return f"a bell, and {' or '.join(engines) or 'no voice (install speech-dispatcher on a board)'}"


def check_camera(_folder: Path) -> str:
    """What takes a camera's pictures for a desk; there need be no camera. Without a sound system: no fault."""
    qt_application()
    try:
        from PySide6.QtMultimedia import QMediaDevices, QMediaFormat  # noqa: PLC0415  # as above
    except ImportError as error:
        return f"this machine has no sound system ({error}): a desk here reads by scanner only"
    codecs = QMediaFormat().supportedVideoCodecs(QMediaFormat.ConversionMode.Decode)
    if QMediaFormat.VideoCodec.MotionJPEG not in codecs:  # which USB cameras speak
        raise SelftestError("Qt Multimedia has nothing that takes a camera's pictures")
    names = [device.description() for device in QMediaDevices.videoInputs()]
    return f"pictures could be taken, by {', '.join(names) or 'no camera now'}"


def check_server(folder: Path) -> str:
    """The program starts itself as a site server, which answers over HTTP and stops in good order."""
    words = [*own_command(), "server", "--role", "site", "--data", str(folder), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # ourselves
        try:
            url = server.stdout.readline().strip().rpartition(" ")[2] if server.stdout else ""
            health = httpx2.get(f"{url}/healthz", timeout=_PATIENCE_S).raise_for_status().json()
        finally:
            server.terminate()
        exit_code = server.wait(_PATIENCE_S)
    if exit_code:
        raise SelftestError(f"the server ended with exit code {exit_code}")
    return f"version {health['version']} answers, and stops"


CHECKS: Final[Mapping[str, Callable[[Path], str]]] = {
    "screens": check_screens,
    "ticket": check_ticket,
    "voice": check_voice,
    "camera": check_camera,
    "server": check_server,
}


def _config(folder: Path) -> KioskConfig:
    return KioskConfig(
        data_dir=folder,
        printer=PrinterConfig(device=f"sim:{folder / 'slips'}"),
        screen=ScreenConfig(full_screen=False, animations=False),
    )


def _verdict(settled: "queue.SimpleQueue[PrintJob]") -> PrintState:
    """What became of the slip."""
    while not (job := settled.get(timeout=_PATIENCE_S)).state.is_final:
        pass
    if job.state is not PrintState.CONFIRMED:
        raise SelftestError(f"the slip is {job.state}: {job.detail}")
    return job.state


def _type_slip(machine: Machine, ticket: Ticket, slips: Path) -> None:
    """The same ticket once more, with the printer's own letters."""
    languages = slip_languages(ticket.language)
    blocks = layout(ticket, machine.hall.site, machine.hall.catalogue, copy=0, languages=languages)
    SimulatedPrinter(slips, machine.profile).feed(render_text(blocks, machine.profile))


def _drawn_scripts() -> str:
    """A letter of each script whose font is shipped, if this machine can shape them."""
    if not can_shape():
        return "Latin letters only (no libfribidi)"
    for script in SCRIPTS:
        letters = (chr(code) for first, last in script.blocks for code in range(first, last) if is_drawable(chr(code)))
        drawn_word(Face(Weight.BOLD, 26), next(letters))
    return f"{len(SCRIPTS)} scripts beside the Latin one"


def _read_qr(slip: Path) -> str:
    with Image.open(slip) as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"))
    if len(found) != 1:
        raise SelftestError(f"{slip.name} holds {len(found)} readable QR symbols instead of one")
    return str(found[0].text)
