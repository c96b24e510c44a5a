"""A device's address, as configurations and commands name it, becomes a transport."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from kiosk.errors import ProfileError, TransportError
from printing.profile import Profile
from printing.transports.tcp import DEFAULT_PORT, TcpTransport
from printing.transports.transport import Transport

_SPOKEN: Final = "tcp://HOST:9100 or sim:DIR"
_LATER: Final = {
    "usb": "USB printers",
    "file": "device files",
    "serial": "serial ports",
    "win": "Windows printers",
}


def open_device(url: str, profile: Profile | None = None) -> Transport:
    """The transport of `tcp://HOST:PORT` or `sim:DIR`; nothing is connected yet. `profile` tells the simulated printer
    how wide its head is.

    Raises TransportError for an address that cannot be used now, ProfileError for one that never can.
    """
    return device_opener(url)(profile)


def device_opener(url: str) -> Callable[[Profile | None], Transport]:
    """The same in two steps: this one reads the address only. Raises ProfileError."""
    kind, _, rest = url.partition(":")
    match kind:
        case "tcp":
            transport = _tcp(url)
            return lambda _: transport
        case "sim" if rest:
            return partial(_sim, Path(rest))
        case _ if kind in _LATER:
            raise ProfileError(f"this version does not print to {_LATER[kind]} yet ({url}); use {_SPOKEN}")
        case _:
            raise ProfileError(f"{url!r} names no printer; write {_SPOKEN}")


def _sim(folder: Path, profile: Profile | None) -> Transport:
    from printing.simulated import SimulatedPrinter  # noqa: PLC0415  # 0.1 s that a kiosk with a real printer is spared
    from printing.transports.sim import SimTransport  # noqa: PLC0415

    try:
        return SimTransport(SimulatedPrinter(folder, profile))
    except OSError as error:
        raise TransportError(f"the simulated printer cannot use {folder}: {error.strerror}") from error


def _tcp(url: str) -> TcpTransport:
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")  # as the resolver will
    except ValueError as error:
        raise ProfileError(f"{url!r} has no valid host or port; write tcp://HOST:9100") from error
    if not host or port == 0 or parts.path.strip("/") or not url.startswith("tcp://"):
        raise ProfileError(f"{url!r} names no network printer; write tcp://HOST:9100")
    return TcpTransport(host, port or DEFAULT_PORT)
