"""The lines on which a host reaches the emulated printer. One thread; nothing here ever blocks."""

import errno
import os
import select
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from kiosk.errors import TransportError

SHAPES: Final = "tcp://127.0.0.1:PORT, pty, pty:LINK, lp:LINK or fifo:PATH"
_KEPT_BYTES: Final = 512
_SMALLEST_BUFFER: Final = 2_304
"""Linux gives a socket no less."""


class Line(Protocol):
    """`url` is what to print to. `is_blocking`: a printer that is off leaves bytes where they are, instead of losing
    them. `hosts`: how many have come so far; one may take another's place between two looks.
    """

    url: str
    is_blocking: bool
    hosts: int

    @property
    def has_client(self) -> bool: ...

    def sockets(self) -> Sequence[int]:
        """What to wait on for news."""

    def look(self) -> None:
        """See whether a host has come or gone."""

    def read(self, limit: int) -> bytes:
        """What has come, at most `limit` bytes."""

    def write(self, data: bytes) -> None:
        """Send, or lose it: a printer does not wait for its host."""

    def unplug(self) -> None: ...

    def plug(self) -> None: ...

    def drop(self) -> None:
        """Break off with the host that is connected, at once."""

    def close(self) -> None: ...


def open_line(shape: str, buffer_bytes: int) -> Line:
    """`shape`: one of SHAPES. Raises TransportError."""
    kind, _, rest = shape.partition(":")
    if os.name == "nt" and kind in {"pty", "lp", "fifo"}:
        raise TransportError(f"{shape!r} is for Linux; on Windows write tcp://127.0.0.1:PORT")
    try:
        if kind == "tcp" and shape.startswith("tcp://"):
            host, _, port = rest.strip("/").rpartition(":")
            if host and port.isdecimal():
                return TcpLine(host, int(port), buffer_bytes)
        elif kind in {"pty", "lp"} and (rest or shape == "pty"):
            return PtyLine(Path(rest).absolute() if rest else None, "file" if kind == "lp" else "serial")
        elif kind == "fifo" and rest:
            return FifoLine(Path(rest).absolute())
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise TransportError(f"the emulator cannot listen on {shape}: {reason}") from error
    raise TransportError(f"{shape!r} is no line; write {SHAPES}")


class TcpLine:
    """A network printer's raw port: one client at a time, and little room on the way.

    While it is unplugged nobody can connect, and who is connected hears nothing.
    """

    is_blocking = True

    def __init__(self, host: str, port: int, buffer_bytes: int) -> None:
        self._buffer = min(max(buffer_bytes, _SMALLEST_BUFFER), 65_536)
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self.hosts = 0
        self._address = self._listen(host, port)
        self.url = f"tcp://{self._address[0]}:{self._address[1]}"

    @property
    def has_client(self) -> bool:
        return self._client is not None

    def sockets(self) -> Sequence[int]:
        return [part.fileno() for part in (self._client or self._listener,) if part]

    def look(self) -> None:
        if self._listener is None:
            return
        if self._client is None:
            with suppress(BlockingIOError, ConnectionError):
                self._client, _ = self._listener.accept()
                self._client.setblocking(False)
                self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.hosts += 1
        elif self._client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._let_go()

    def read(self, limit: int) -> bytes:
        if self._client is None:
            return b""
        try:
            data = self._client.recv(limit)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._let_go()
        return data

    def write(self, data: bytes) -> None:
        if self._client is None:
            return
        try:
            self._client.send(data)
        except BlockingIOError:
            return
        except OSError:
            self._let_go()

    def unplug(self) -> None:
        if self._listener:
            self._listener.close()
            self._listener = None

    def plug(self) -> None:
        if self._listener is None:
            self._listen(*self._address)

    def drop(self) -> None:
        if self._client:
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._let_go()

    def close(self) -> None:
        self.unplug()
        self._let_go()

    def _listen(self, host: str, port: int) -> tuple[str, int]:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            if os.name != "nt":  # there it would let two programs share the port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer)  # clients inherit it
            listener.bind((host.strip("[]"), port))
            listener.listen(1)
            listener.setblocking(False)
        except OSError:
            listener.close()
            raise
        self._listener = listener
        name = listener.getsockname()
        return name[0], name[1]

    def _let_go(self) -> None:
        if self._client:
            self._client.close()
            self._client = None


class PtyLine:
    """A serial port, or a device file with two ways: a terminal without any treatment of bytes, behind `link`.

    Unplugged, its device is gone; plugged in again it is another device behind the same link. What is sent while no
    host is there, a wire loses; a device file (`kind` "file") has it for the next one, as USB printers do.
    """

    is_blocking = False

    def __init__(self, link: Path | None, kind: str) -> None:
        self._link = link
        self._kind = kind
        self._master: int | None = None
        self._has_client = False
        self._kept = b""
        self.hosts = 0
        self.url = ""
        self.plug()

    @property
    def has_client(self) -> bool:
        return self._has_client

    def sockets(self) -> Sequence[int]:
        return [self._master] if self._master is not None and self._has_client else []

    def look(self) -> None:
        has_client = self._master is not None and not _has_hung_up(self._master)
        self.hosts += has_client and not self._has_client
        self._has_client = has_client
        if has_client and self._kept:
            kept, self._kept = self._kept, b""
            self.write(kept)

    def read(self, limit: int) -> bytes:
        return _read(self._master, limit)

    def write(self, data: bytes) -> None:
        if self._master is None:
            return
        if not _has_hung_up(self._master):
            with suppress(OSError):
                os.write(self._master, data)
        elif self._kind == "file":
            self._kept = (self._kept + data)[-_KEPT_BYTES:]

    def unplug(self) -> None:
        if self._link and self._link.is_symlink():
            self._link.unlink()
        if self._master is not None:
            os.close(self._master)
            self._master = None
        self._has_client, self._kept = False, b""

    def plug(self) -> None:
        if self._master is not None:
            return
        import tty  # noqa: PLC0415  # not on Windows

        self._master, host_side = os.openpty()
        try:
            tty.setraw(host_side)
            os.set_blocking(self._master, False)
            path = os.ttyname(host_side)
        finally:
            os.close(host_side)  # only now can we see whether a host has it open
        if self._link:
            fresh = self._link.with_name(f".{self._link.name}.new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(path)
            fresh.replace(self._link)
        self.url = f"{self._kind}:{self._link or path}"

    def drop(self) -> None:
        """A wire has no connection to break."""

    def close(self) -> None:
        self.unplug()


class FifoLine:
    """A device file with one way, as a printer's that never answers."""

    is_blocking = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: int | None = None
        self._has_client = False
        self.hosts = 0
        self.url = f"file:{path}"
        self.plug()

    @property
    def has_client(self) -> bool:
        return self._has_client

    def sockets(self) -> Sequence[int]:
        return [self._reader] if self._reader is not None and self._has_client else []

    def look(self) -> None:
        if self._reader is not None:
            watch = select.poll()
            watch.register(self._reader, select.POLLIN)
            events = dict(watch.poll(0)).get(self._reader, 0)
            has_client = bool(events & select.POLLIN) or (self._has_client and not events & select.POLLHUP)
            self.hosts += has_client and not self._has_client
            self._has_client = has_client

    def read(self, limit: int) -> bytes:
        return _read(self._reader, limit)

    def write(self, data: bytes) -> None:
        """One way."""

    def unplug(self) -> None:
        if self._reader is not None:
            os.close(self._reader)
            self._reader = None
            self._path.unlink(missing_ok=True)
        self._has_client = False

    def plug(self) -> None:
        if self._reader is not None:
            return
        if not self._path.is_fifo():
            os.mkfifo(self._path)
        self._reader = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)

    def drop(self) -> None:
        """A wire has no connection to break."""

    def close(self) -> None:
        self.unplug()


def _has_hung_up(master: int) -> bool:
    watch = select.poll()
    watch.register(master, 0)
    return any(events & select.POLLHUP for _, events in watch.poll(0))


def _read(device: int | None, limit: int) -> bytes:
    if device is None:
        return b""
    try:
        return os.read(device, limit)
    except BlockingIOError:
        return b""
    except OSError as error:
        if error.errno == errno.EIO:  # nobody has the other end open
            return b""
        raise
