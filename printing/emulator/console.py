"""`giliran printer emulate`: a printer in a process of its own, told what to do on standard input.

With `--json` each line of standard output is a document: first where it listens, then each happening and each answer.
Without, a person watches it live.
"""

import json
import signal
import socket
import sys
import threading
import time
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import click

from kiosk.errors import PrintError
from printing.emulator.lines import open_line
from printing.emulator.machine import Machine
from printing.emulator.models import MODELS, Clears
from printing.emulator.peer import Pace, Peer
from printing.emulator.script import Script, load_script
from printing.emulator.tray import Tray
from printing.profile import find_profile

if TYPE_CHECKING:
    from rich.table import Table

USUAL_SPEED_MM_S: Final = 200.0
"""Of printers on counters. One that prints at once looks like one that vouches for what it has not printed."""

_RECENT: Final = 8


@dataclass(frozen=True, slots=True)
class Options:
    """As the command line has them. `speed`: mm/s, 0 prints at once, None as the model does, or USUAL_SPEED_MM_S."""

    listen: str
    model: str
    script: Path | None
    out: Path
    profile: str
    speed: float | None
    baud: int | None
    flow: str
    clears: str | None
    as_json: bool


def run_emulator(options: Options) -> int:
    """Until standard input ends, or Ctrl-C. Raises PrintError, such as TransportError and ProfileError."""
    faults = load_script(options.script) if options.script else ()
    dots = find_profile(options.profile).dots
    model = MODELS[options.model]
    if options.speed is not None:
        model = replace(model, speed_mm_s=options.speed or None)
    elif model.speed_mm_s is None:
        model = replace(model, speed_mm_s=USUAL_SPEED_MM_S)
    if options.clears:
        model = replace(model, clears=Clears(options.clears))
    try:
        tray = Tray(options.out, keeps_diary=True)
    except OSError as error:
        raise PrintError(f"the emulator cannot leave paper in {options.out}: {error.strerror}") from error
    line = open_line(options.listen, model.buffer_bytes)
    machine = Machine(model, dots, tray)
    voice = _JsonVoice() if options.as_json else _LiveVoice()
    pace = Pace(options.baud, is_xonxoff=options.flow == "xonxoff")
    peer = Peer(machine, line, Script(faults, time.monotonic()), voice.tell, pace)
    signal.signal(signal.SIGTERM, _stop)
    try:
        with ExitStack() as stack:
            stack.callback(peer.close)
            stack.enter_context(voice)
            voice.begin(peer)
            _serve(peer, voice, stack.enter_context(_Ear()))
    except KeyboardInterrupt:
        pass
    return 0


def _serve(peer: Peer, voice: "_Voice", ear: "_Ear") -> None:
    url = peer.line.url
    while True:
        for words in ear.heard():
            if words is None:
                return
            voice.tell(_obey(peer, words))
            if peer.line.url != url:
                url = peer.line.url
                voice.tell({"listening": url})
        peer.turn([ear.fileno()])
        voice.show(peer)


def _obey(peer: Peer, words: str) -> dict[str, Any]:
    if words == "state":
        return {"state": peer.state()}
    try:
        peer.do(words)
    except (ValueError, OSError) as error:
        return {"refused": words, "why": str(error)}
    return {"done": words}


class _Ear:
    """Standard input, a line at a time, read in a thread: it is no socket everywhere."""

    def __init__(self) -> None:
        self._lines: deque[str | None] = deque()
        self._ours, self._threads = socket.socketpair()
        self._ours.setblocking(False)

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, name="standard-input", daemon=True).start()  # ends with the process
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.close()

    def fileno(self) -> int:
        return self._ours.fileno()

    def heard(self) -> list[str | None]:
        """Lines since the last call; None at the end of all."""
        try:
            self._ours.recv(4096)
        except BlockingIOError:
            return []
        return [self._lines.popleft() for _ in range(len(self._lines))]

    def _listen(self) -> None:
        for line in sys.stdin:
            if words := " ".join(line.split()):
                self._hear(words)
        self._hear(None)

    def _hear(self, words: str | None) -> None:
        self._lines.append(words)
        try:
            self._threads.send(b".")
        except OSError:
            return  # it has ended


class _Voice:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def begin(self, peer: Peer) -> None:
        self.tell({"listening": peer.line.url})

    def tell(self, document: dict[str, Any]) -> None:
        raise NotImplementedError

    def show(self, peer: Peer) -> None:
        """After each turn."""


class _JsonVoice(_Voice):
    def tell(self, document: dict[str, Any]) -> None:
        print(json.dumps(document), flush=True)  # noqa: T201  # quicker than click.echo, and nothing to translate


class _LiveVoice(_Voice):
    """On a terminal one picture that changes, elsewhere one sentence a happening."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415  # 40 ms that scripts need not wait for
        from rich.live import Live  # noqa: PLC0415

        console = Console()
        self._recent: deque[str] = deque(maxlen=_RECENT)
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        self._shown_at = 0.0

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def tell(self, document: dict[str, Any]) -> None:
        words = _sentence(document)
        self._recent.append(words)
        if not self._live:
            click.echo(words)

    def show(self, peer: Peer) -> None:
        if self._live and time.monotonic() - self._shown_at > 0.25:
            self._shown_at = time.monotonic()
            self._live.update(_picture(peer.state(), list(self._recent)), refresh=True)


def _sentence(document: dict[str, Any]) -> str:
    words = f"Done: {document.get('done')}."
    match document:
        case {"listening": url}:
            words = f"Print to {url}; write commands here (paper 0, cover open, state); Ctrl-D ends it."
        case {"event": "client", "state": state}:
            words = f"Host {state}."
        case {"event": "fault", "do": fault}:
            words = f"Script: {fault}."
        case {"event": "problem", "what": what}:
            words = f"Not understood: {what}."
        case {"event": kind, "file": file, "mm": mm, "bytes": size}:
            words = f"{str(kind).capitalize()}: {file}, {mm} mm, {size} bytes."
        case {"refused": _, "why": why}:
            words = f"No: {why}."
        case {"state": dict(state)}:
            words = ", ".join(f"{name} {value}" for name, value in state.items())
    return words


def _picture(state: dict[str, Any], recent: list[str]) -> "Table":
    from rich.table import Table  # noqa: PLC0415  # as above

    table = Table(title=f"{state['model']} on {state['url']}", show_header=False, min_width=60)
    host = "connected" if state["has_client"] else "none"
    roll = f"{state['paper_mm'] / 1000:.2f} m" + (", near its end" if state["is_near_end"] else "")
    troubles = {
        "cover open": state["is_cover_open"],
        "cutter jammed": state["is_cutter_jammed"],
        "head hot": state["is_overheated"],
        "silent": state["is_silent"],
        "noisy": state["is_noisy"],
        "stalled": state["is_stalled"],
        "off": not state["is_on"],
        "unplugged": not state["is_plugged"],
    }
    table.add_row("Host", host)
    table.add_row("Roll", roll)
    table.add_row("State", ", ".join(name for name, is_so in troubles.items() if is_so) or "good")
    table.add_row("Received", f"{state['received_bytes']} bytes, {state['waiting_bytes']} waiting")
    table.add_row("Paper", f"{state['slips']} slips, {state['fragments']} fragments, {state['offcuts']} offcuts")
    table.add_row("Last", "\n".join(recent))
    return table


def _stop(*_: object) -> None:
    """Ended from outside: the link is taken away all the same."""
    raise KeyboardInterrupt
