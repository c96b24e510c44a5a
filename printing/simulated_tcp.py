"""The simulated printer behind a real socket, as a network printer stands there: one client at a time, raw bytes."""

import select
import socket
import threading
from types import TracebackType
from typing import Final, Self

from kiosk.errors import TransportError
from printing.simulated import RECEIVE_BUFFER, SimulatedPrinter

_LOOK_AGAIN_S: Final = 0.02
"""How often a stopped printer looks whether it may go on reading, and everything whether it shall end."""


class SimulatedTcpPrinter:
    """Use as a context manager. `address` is what to print to: `tcp://127.0.0.1:PORT`."""

    def __init__(self, printer: SimulatedPrinter, host: str = "127.0.0.1", port: int = 0) -> None:
        self._printer = printer
        self._listener = socket.create_server((host, port), backlog=1)
        self._listener.settimeout(_LOOK_AGAIN_S)
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="simulated-printer")

    @property
    def address(self) -> str:
        host, port = self._listener.getsockname()[:2]
        return f"tcp://{host}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_closing.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._is_closing.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            with client:
                self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        try:
            while not self._is_closing.is_set():
                room = self._printer.room
                if not room:
                    if _has_hung_up(client) or self._is_closing.wait(_LOOK_AGAIN_S):
                        return
                    continue
                readable, _, _ = select.select([client], [], [], _LOOK_AGAIN_S)
                data = client.recv(room) if readable else b""
                if readable and not data:
                    return
                answer = self._printer.feed(data)
                if answer:
                    client.sendall(answer)
        except (ConnectionError, TransportError):  # hung up, or its state file is broken
            return


def _has_hung_up(client: socket.socket) -> bool:
    """Whether the other side has broken off, though bytes of it that nobody has read still wait."""
    return client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
