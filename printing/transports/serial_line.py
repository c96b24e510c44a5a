"""A printer on a serial line, through pyserial: a real port, an adapter, or a printer that plays one on USB."""

import os
import stat
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import serial

from kiosk.errors import TransportError
from printing.transports.addresses import Flow, SerialAddress
from printing.transports.candidates import Candidates, names_like
from printing.transports.deadline import Deadline
from printing.transports.pace import Pace
from printing.transports.serial_system import TROUBLE, keep_dtr_up, read_port, why, write_port
from printing.transports.transport import WriteError

_DTR_PIECE: Final = 64
"""A printer lowers its DTR while it still has room for about a hundred bytes, and Linux does not look at DSR by itself:
no more than this is ever on its way when we look."""


_DLE: Final = b"\x10"
_LONGEST_AT_ONCE: Final = 3
"""Real-time commands, `DLE EOT` among them, are obeyed by a printer that says it is busy: they have room behind that,
and one without paper says why only when it is asked."""


class SerialTransport:
    can_read = True

    def __init__(self, address: SerialAddress) -> None:
        self._address = address
        self._candidates = Candidates(partial(names_like, address.pattern))
        self._name = address.pattern
        self._port: serial.Serial | None = None
        self._is_broken = False

    @property
    def bytes_per_s(self) -> float | None:
        return self._address.bytes_per_s

    def open(self, timeout_s: float) -> None:
        """Nothing here waits. What lies in the line from before is thrown away."""
        self.close()
        self._is_broken = False
        self._name, self._port = self._candidates.open_first(self._taken, f"no serial port at {self._address.pattern}")

    def write(self, data: bytes, timeout_s: float) -> None:
        """Until the last byte left the system's own buffer too: 4 KiB of it are seconds at 9600 baud."""
        port = self._connected()
        deadline = Deadline(timeout_s)
        self._is_broken = True  # until it is known to be well
        is_at_once = data.startswith(_DLE) and len(data) <= _LONGEST_AT_ONCE
        write_port(port, data, deadline, self._name, Pace() if is_at_once else self._pace(port))
        self._drain(port, deadline, len(data))
        self._is_broken = False

    def read(self, timeout_s: float) -> bytes:
        return read_port(self._connected(), Deadline(timeout_s), self._name)

    def pass_over(self) -> None:
        self._candidates.pass_over()

    def close(self) -> None:
        port, self._port = self._port, None
        if port is None:
            return
        try:
            if self._is_broken:
                # What waits in the system's buffer must not reach the paper after we have called the slip failed; and
                # closing would wait up to 30 s for it to leave.
                port.reset_output_buffer()
        except TROUBLE:
            pass  # unplugged: nothing leaves any more
        finally:
            _let_go(port)

    def _taken(self, name: str) -> tuple[str, serial.Serial]:
        try:
            return name, _opened(name, self._address)
        except TROUBLE as error:
            raise TransportError(f"cannot print to {name}: {why(error)}") from error

    def _pace(self, port: serial.Serial) -> Pace:
        if self._address.flow is Flow.DTR and os.name != "nt":
            return Pace(_DTR_PIECE, lambda: port.out_waiting == 0 and port.dsr)
        return Pace()

    def _drain(self, port: serial.Serial, deadline: Deadline, sent: int) -> None:
        try:
            while waiting := port.out_waiting:
                if deadline.is_over:
                    raise WriteError(f"{self._name} kept back {waiting} of {sent} bytes for too long", sent)
                deadline.pause()
        except TROUBLE as error:
            raise WriteError(f"{self._name} is gone behind {sent} bytes: {why(error)}", sent) from error

    def _connected(self) -> serial.Serial:
        if self._port is None:
            raise TransportError(f"{self._name} is not connected")
        return self._port


def _let_go(port: serial.Serial) -> None:
    with suppress(*TROUBLE):  # gone already
        port.close()


def _opened(name: str, address: SerialAddress) -> serial.Serial:
    if os.name != "nt" and not stat.S_ISCHR(Path(name).stat().st_mode):
        raise TransportError(f"{name} is no serial port but a file or folder")
    port = serial.Serial(
        name,
        baudrate=address.baud,
        bytesize=address.bits,
        parity=address.parity.value[0].upper(),
        stopbits=address.stop,
        timeout=0,
        rtscts=address.flow is Flow.RTSCTS,
        xonxoff=address.flow is Flow.XONXOFF,
        dsrdtr=address.flow is Flow.DTR and os.name == "nt",  # pyserial has no such handshake on Linux: see write()
        exclusive=True,
    )
    try:
        keep_dtr_up(port)
        if address.flow is Flow.XONXOFF:
            # An XOFF whose XON came while nobody listened would hold for ever. Printers take a few bytes more after it.
            port.set_output_flow_control(enable=False)  # Linux starts only what was stopped by this
            port.set_output_flow_control(enable=True)
        if address.flow is Flow.DTR:
            _ = port.dsr
    except TROUBLE as error:
        _let_go(port)
        raise TransportError(f"cannot print to {name}: {why(error)}; use flow=none or xonxoff") from error
    return port
