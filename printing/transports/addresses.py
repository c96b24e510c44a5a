"""What an address of a printer says, read from its words alone. Nothing is looked up, opened or imported here."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from kiosk.errors import ProfileError

KINDS: Final = "tcp://HOST:9100, file:/dev/usb/lp0, serial:/dev/ttyUSB0?baud=9600, usb:VID:PID, win:NAME or sim:DIR"
USUAL_PORT: Final = 9100
BAUDS: Final = (1200, 2400, 4800, 9600, 14400, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
_SERIAL_KEYS: Final = ("baud", "flow", "bits", "parity", "stop")


class Flow(StrEnum):
    """How a printer on a serial line says that it can take no more for now. `DTR`: its DTR, on our DSR."""

    NONE = "none"
    RTSCTS = "rtscts"
    XONXOFF = "xonxoff"
    DTR = "dtr"


class Parity(StrEnum):
    NONE = "none"
    EVEN = "even"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class TcpAddress:
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """`serial` None: the only device of that vendor and product."""

    vendor: int
    product: int
    serial: str | None

    def __str__(self) -> str:
        tail = f":{self.serial}" if self.serial is not None else ""
        return f"usb:{self.vendor:04x}:{self.product:04x}{tail}"


@dataclass(frozen=True, slots=True)
class FileAddress:
    """`pattern`: an absolute path, in which `*`, `?` and `[...]` may stand for what changes."""

    pattern: str


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """`pattern` as in FileAddress, or `COM3` on Windows. 9600 baud, 8N1 and no handshake are what most leave a factory
    with.
    """

    pattern: str
    baud: int = 9600
    flow: Flow = Flow.NONE
    bits: int = 8
    parity: Parity = Parity.NONE
    stop: int = 1

    @property
    def bytes_per_s(self) -> float:
        return self.baud / (1 + self.bits + (self.parity is not Parity.NONE) + self.stop)


@dataclass(frozen=True, slots=True)
class WindowsAddress:
    """A printer's name, as the Windows settings show it."""

    name: str


@dataclass(frozen=True, slots=True)
class SimAddress:
    folder: str


Address = TcpAddress | UsbAddress | FileAddress | SerialAddress | WindowsAddress | SimAddress


def read_address(url: str) -> Address:
    """Raises ProfileError for what can never be right, with a sentence that says what to write."""
    kind, _, rest = url.partition(":")
    readers = {"tcp": _tcp, "usb": _usb, "file": _file, "serial": _serial, "win": _windows, "sim": _sim}
    if not rest or kind not in readers:
        raise ProfileError(f"{url!r} names no printer; write {KINDS}")
    if not url.isprintable():
        raise ProfileError(f"{url!r} holds a control character or a line's end; write {KINDS}")
    return readers[kind](url, rest)


def _tcp(url: str, _: str) -> Address:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")  # as the resolver will
    except ValueError as error:
        raise ProfileError(f"{url!r} has no valid host or port; write tcp://HOST:9100") from error
    strange = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
    if not host or port == 0 or strange or not url.startswith("tcp://"):
        raise ProfileError(f"{url!r} names no network printer; write tcp://HOST:9100")
    return TcpAddress(host, port or USUAL_PORT)


def _usb(url: str, rest: str) -> Address:
    found = re.fullmatch(r"(?:0x)?([0-9A-Fa-f]{4}):(?:0x)?([0-9A-Fa-f]{4})(?::(.+))?", rest)
    if not found:
        raise ProfileError(
            f"{url!r} names no USB printer; write usb:VID:PID with the two numbers that lsusb shows, such as"
            " usb:04b8:0e15, and usb:VID:PID:SERIAL where two of them are plugged in"
        )
    return UsbAddress(int(found[1], 16), int(found[2], 16), found[3])


def _file(url: str, path: str) -> Address:
    if not path.startswith("/") or path.endswith("/"):
        raise ProfileError(f"{url!r} names no device file; write its whole path, such as file:/dev/usb/lp0")
    return FileAddress(path)


def _serial(url: str, rest: str) -> Address:
    path, _, query = rest.partition("?")
    if not re.fullmatch(r"/.*[^/]|COM[1-9]\d{0,2}", path):
        raise ProfileError(
            f"{url!r} names no serial port; write its whole path, such as serial:/dev/ttyUSB0?baud=9600, or serial:COM3"
        )
    words = dict(_settings(url, query))
    return SerialAddress(
        path,
        baud=_number(url, words, "baud", 9600, BAUDS),
        flow=Flow(_word(url, words, "flow", Flow.NONE, tuple(Flow))),
        bits=_number(url, words, "bits", 8, (7, 8)),
        parity=Parity(_word(url, words, "parity", Parity.NONE, tuple(Parity))),
        stop=_number(url, words, "stop", 1, (1, 2)),
    )


def _settings(url: str, query: str) -> list[tuple[str, str]]:
    try:
        words = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=len(_SERIAL_KEYS))
    except ValueError as error:
        raise ProfileError(f"{url!r} is not written as serial:/dev/ttyUSB0?baud=9600&flow=none") from error
    for name in (names := [name for name, _ in words]):
        if name not in _SERIAL_KEYS:
            raise ProfileError(f"{url!r}: a serial port has no {name!r}; it has {', '.join(_SERIAL_KEYS)}")
        if names.count(name) > 1:
            raise ProfileError(f"{url!r} says {name} twice")
    return words


def _word(url: str, words: dict[str, str], name: str, usual: str, among: tuple[str, ...]) -> str:
    if (word := words.get(name, usual)) not in among:
        raise ProfileError(f"{url!r}: {name} cannot be {word!r}; it is one of {', '.join(among)}")
    return word


def _number(url: str, words: dict[str, str], name: str, usual: int, among: tuple[int, ...]) -> int:
    return int(_word(url, words, name, str(usual), tuple(map(str, among))))


def _windows(_: str, name: str) -> Address:
    return WindowsAddress(name)


def _sim(_: str, folder: str) -> Address:
    return SimAddress(folder)
