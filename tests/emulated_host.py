"""A host at the end of an emulated printer's line, written for its tests and not with the kiosk's transports."""

import os
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.emulated_printer import EmulatedPrinter

DEADLINE_S = 10.0
SLIP = b"\x1b@Halo\n" + b"\x1dv0\x00\x48\x00\xf0\x00" + b"\xaa" * 72 * 240 + b"\x1dV\x00"
PROCESS_ID = b"\x1d(H\x06\x0000ab12"
PROCESS_ID_ANSWER = b'\x37"ab12\x00'
PAPER_STATUS = b"\x10\x04\x04"

Host = tuple[Callable[[bytes], None], Callable[[int], bytes]]


@contextmanager
def connected(printer: EmulatedPrinter) -> Iterator[Host]:
    """Send all of it, read so many bytes: written for these tests, not the kiosk's transports."""
    if printer.url.startswith("tcp:"):
        with socket.create_connection(("127.0.0.1", printer.port), timeout=DEADLINE_S) as host:
            yield host.sendall, lambda count: host.recv(count, socket.MSG_WAITALL)
        return
    device = os.open(printer.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def send(data: bytes) -> None:
        while data:
            assert select.select([], [device], [], DEADLINE_S)[1]
            data = data[os.write(device, data) :]

    def read(count: int) -> bytes:
        answer = b""
        while len(answer) < count and select.select([device], [], [], DEADLINE_S)[0]:
            answer += os.read(device, count - len(answer))
        return answer

    try:
        yield send, read
    finally:
        os.close(device)
