"""A network printer's raw port, usually 9100. Such a printer serves one client at a time, so nobody stays connected."""

import ipaddress
import socket
import struct
from contextlib import suppress
from typing import Final

from kiosk.errors import TransportError
from printing.transports.addresses import USUAL_PORT
from printing.transports.deadline import Caller, Deadline
from printing.transports.transport import WriteError

_SOONEST_S: Final = 0.001
"""A socket timeout of 0 means non-blocking, so a deadline that has just passed still waits this long."""

_HANG_UP_AT_ONCE: Final = struct.pack("ii", 1, 0)


class TcpTransport:
    bytes_per_s: float | None = None
    can_read = True

    def __init__(self, host: str, port: int = USUAL_PORT) -> None:
        self._host = host
        self._port = port
        self._caller = Caller()
        self._socket: socket.socket | None = None
        self._is_broken = False

    @property
    def address(self) -> str:
        return f"{self._host}:{self._port}"

    def open(self, timeout_s: float) -> None:
        self.close()
        self._is_broken = False
        deadline = Deadline(timeout_s)
        try:
            connection = self._connect(deadline)
        except OSError as error:
            raise TransportError(f"no printer answers at {self.address}: {_reason(error)}") from error
        self._socket = connection

    def write(self, data: bytes, timeout_s: float) -> None:
        connection = self._connected()
        deadline = Deadline(timeout_s)
        sent = 0
        while sent < len(data):
            try:
                connection.settimeout(max(deadline.left_s, _SOONEST_S))
                sent += connection.send(data[sent : sent + 65_536])
            except OSError as error:
                self._is_broken = True
                raise WriteError(f"{self.address} took {sent} of {len(data)} bytes: {_reason(error)}", sent) from error
            if deadline.is_over and sent < len(data):
                self._is_broken = True
                raise WriteError(f"{self.address} took {sent} of {len(data)} bytes in {timeout_s:g} s", sent)

    def read(self, timeout_s: float) -> bytes:
        connection = self._connected()
        try:
            connection.settimeout(max(timeout_s, _SOONEST_S))
            data = connection.recv(4096)
        except TimeoutError:
            return b""
        except OSError as error:
            raise TransportError(f"{self.address} hung up: {_reason(error)}") from error
        if not data:
            raise TransportError(f"{self.address} hung up")
        return data

    def pass_over(self) -> None:
        """There is only one."""

    def close(self) -> None:
        connection, self._socket = self._socket, None
        if connection is None:
            return
        with suppress(OSError), connection:  # reset by the other side meanwhile
            if self._is_broken:
                # What still lies in our own send buffer must not reach the paper after we have called the slip failed.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _HANG_UP_AT_ONCE)

    def _connect(self, deadline: Deadline) -> socket.socket:
        """To the first of the host's addresses that takes us, all within one deadline."""
        problem = OSError(f"there is no host {self._host}")
        for family, kind, protocol, _, where in self._addresses(deadline):
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(max(deadline.left_s, _SOONEST_S))
                connection.connect(where)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                connection.close()
                problem = error
                continue
            return connection
        raise problem

    def _addresses(self, deadline: Deadline) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        def look_up() -> list[tuple[int, int, int, str, tuple[object, ...]]]:
            return list(socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM))

        try:
            ipaddress.ip_address(self._host)
        except ValueError:
            return self._caller.within(deadline, look_up)  # the resolver has a patience of its own
        return look_up()

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise TransportError(f"{self.address} is not connected")
        return self._socket


def _reason(error: OSError) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else error.strerror or str(error)
