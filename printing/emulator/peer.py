"""A machine at the end of a line: takes what fits, sends what it answers, and does what a script or a person says."""

import select
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from printing.emulator.lines import Line
from printing.emulator.machine import Machine
from printing.emulator.script import Position, Script
from printing.emulator.tray import Kind
from printing.emulator.words import change_of

XON: Final = b"\x11"
XOFF: Final = b"\x13"
RECEIVED_FILE: Final = "received.bin"

_AT_ONCE: Final = 4_096
"""Most bytes taken in one turn, so that nothing else waits long."""
_WINDOW: Final = 64
"""A full printer still looks at so many bytes for real-time commands."""
_ALMOST_FULL: Final = 256
_BITS_A_BYTE: Final = 10
_IDLE_S: Final = 0.05
_LOOK_AGAIN_S: Final = 0.02
_BUSY_S: Final = 0.005

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """`baud`: bytes come no faster than a serial line of that speed brings them. `is_xonxoff`: it tells the host by
    XOFF when it is almost full; without, it just stops reading.
    """

    baud: int | None = None
    is_xonxoff: bool = False


class Peer:
    """The machine's folder gets `received.bin`, all that ever came in. `tell` gets each happening as a document."""

    def __init__(self, machine: Machine, line: Line, script: Script, tell: Tell, pace: Pace) -> None:
        self.machine = machine
        self.line = line
        self._script = script
        self._tell = tell
        self._pace = pace
        self._received = (machine.tray.directory / RECEIVED_FILE).open("ab", buffering=0)
        self._held = b""
        self._is_on = True
        self._is_plugged = True
        self._is_stalled = False
        self._is_xoff = False
        self._is_late = False
        self._late = b""
        self._hosts = 0
        self._had_client = False
        self._told_problems = 0
        self._credit = 0.0
        self._credited_at = time.monotonic()
        machine.on_piece = lambda piece: tell(piece.document())

    @property
    def has_client(self) -> bool:
        return self.line.has_client

    def turn(self, wake: Sequence[int] = ()) -> None:
        """Wait for something to do, a twentieth of a second at most, and do it."""
        may_read = self._may_read()
        waits_on = [*wake, *(self.line.sockets() if may_read or not self.line.has_client else ())]
        select.select(waits_on, [], [], self._patience()) if waits_on else time.sleep(self._patience())
        self._look()
        self._play_script()
        self._take_some()
        self.machine.work()
        self._send()

    def do(self, words: str) -> None:
        """Raises ValueError for what is no command (printing/emulator/words.py)."""
        change = change_of(words)
        self.machine.work()  # until now, as it was until now
        if change:
            self.machine.condition = change(self.machine.condition)
        else:
            self._do_on_the_line(words)
        self.machine.work()
        self._send()

    def state(self) -> dict[str, Any]:
        machine, condition = self.machine, self.machine.condition
        return {
            "model": machine.model.name,
            "url": self.line.url,
            "has_client": self.line.has_client,
            "is_on": self._is_on,
            "is_plugged": self._is_plugged,
            "is_stalled": self._is_stalled,
            "is_online": not condition.is_stopped,
            "paper_mm": round(condition.paper_mm, 3),
            "is_near_end": condition.is_near_end,
            "is_cover_open": condition.is_cover_open,
            "is_cutter_jammed": condition.is_cutter_jammed,
            "is_overheated": condition.is_overheated,
            "is_silent": condition.is_silent,
            "is_noisy": condition.is_noisy,
            "received_bytes": machine.received,
            "printed_bytes": machine.carried_out,
            "waiting_bytes": machine.waiting + len(self._held),
            "room_bytes": machine.room,
            "is_busy": machine.is_busy or bool(self._held),
            **{f"{kind}s": machine.tray.counts[kind] for kind in Kind},
            "problems": list(machine.problems),
        }

    def close(self) -> None:
        self.line.close()
        self._received.close()

    def _may_read(self) -> bool:
        if self._is_stalled or not self._is_plugged or (not self._is_on and self.line.is_blocking):
            return False
        self._earn_credit()
        has_place = self.machine.room > 0 or len(self._held) < _WINDOW
        return has_place and (self._pace.baud is None or self._credit >= 1)

    def _earn_credit(self) -> None:
        """A slow line saves nothing up while it is idle, but for what a turn of ours may take."""
        now = time.monotonic()
        a_second = (self._pace.baud or 0) / _BITS_A_BYTE
        self._credit = min(self._credit + (now - self._credited_at) * a_second, max(16.0, a_second * _LOOK_AGAIN_S))
        self._credited_at = now

    def _patience(self) -> float:
        if self.machine.is_burning or (self._pace.baud and self._credit < 1):
            return _BUSY_S
        if self._held or not self.machine.room or not self.line.sockets():
            return _LOOK_AGAIN_S
        return _IDLE_S

    def _look(self) -> None:
        self.line.look()
        has_changed = self.line.hosts != self._hosts
        if self._had_client and (has_changed or not self.line.has_client):
            self._tell({"event": "client", "state": "gone"})
            if self._held:  # what was read of a host that left has been received; it blocks the next one no more
                held, self._held = self._held, b""
                self._feed(held)
        if has_changed and self.line.has_client:
            self._tell({"event": "client", "state": "connected"})
        self._hosts, self._had_client = self.line.hosts, self.line.has_client
        problems = self.machine.problems
        for problem in problems[self._told_problems :]:
            self._tell({"event": "problem", "what": problem})
        self._told_problems = len(problems)

    def _play_script(self) -> None:
        for words in self._script.due(self._position(), time.monotonic()):
            self._tell({"event": "fault", "do": words})
            self.do(words)

    def _take_some(self) -> None:
        if not self._may_read():
            return
        room = self.machine.room
        if self._held and room:
            data, self._held = self._held[:room], self._held[room:]
            self._feed(data)
            return
        data = self._read(min(room, _AT_ONCE) if room else _WINDOW - len(self._held))
        if not self._is_on or not data:
            return
        if room:
            self._feed(data)
        else:
            self._held += data
            if self.machine.act(self._held):
                self._held = b""

    def _read(self, limit: int) -> bytes:
        if self._pace.baud:
            limit = min(limit, int(self._credit))
        data = self.line.read(limit)
        self._credit -= len(data)
        if self._is_on:
            self._received.write(data)
        return data

    def _feed(self, data: bytes) -> None:
        """Not a byte further than the next fault of the script."""
        while data:
            step = self._script.bytes_until_next(self._position()) or len(data)
            self.machine.receive(data[:step])
            data = data[step:]
            self._play_script()
            if not self._is_on or not self._is_plugged:
                return
            if self._is_stalled:
                self._held = data + self._held
                return

    def _position(self) -> Position:
        machine = self.machine
        return Position(machine.received, machine.tray.counts[Kind.SLIP], machine.slip_began_at)

    def _send(self) -> None:
        answers = self._late + self.machine.answers()
        self._late = b""
        if self._is_late:
            self._late, answers = answers, b""
        if self._pace.is_xonxoff and self._is_on:
            full = self.machine.room < _ALMOST_FULL or self._is_stalled
            if full and not self._is_xoff:
                answers += XOFF
            elif not full and self._is_xoff:
                answers += XON
            self._is_xoff = full
        if answers and self._is_on and self._is_plugged:
            self.line.write(answers)

    def _do_on_the_line(self, words: str) -> None:
        """What is so already is left so."""
        match words:
            case "stall on" | "stall off":
                self._is_stalled = words == "stall on"
            case "late on" | "late off":
                self._is_late = words == "late on"
            case "head dead" | "head alive":
                self.machine.has_dead_head = words == "head dead"
            case "drop":
                self.line.drop()
            case "power off" | "power on":
                self._switch(is_on=words == "power on")
            case "unplug":
                self._is_plugged, self._held = False, b""
                self.line.unplug()
            case _:
                self._is_plugged = True
                if self._is_on or not self.line.is_blocking:
                    self.line.plug()

    def _switch(self, *, is_on: bool) -> None:
        """A network printer that is off hears nobody; when it is on again it knows nothing of who was connected. What
        a serial line brings to a printer that is off is lost.
        """
        if is_on == self._is_on:
            return
        self._is_on, self._is_xoff, self._held = is_on, False, b""
        if not is_on:
            self.machine.switch_off()
            self._late = b""
        if not self.line.is_blocking:
            return
        if not is_on:
            self.line.unplug()
            return
        self.line.drop()
        if self._is_plugged:
            self.line.plug()
