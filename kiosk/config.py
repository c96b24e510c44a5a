"""What a technician sets for one kiosk, from one TOML file. What the centre may change is data that syncs, not this.

Every default stands beside its reason; `docs/kiosk.example.toml` is written from them (scripts/write_docs.py).
"""

# ruff: noqa: RUF009  # setting() is dataclasses.field() with a reason
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from kiosk.domain.language import Language
from kiosk.errors import DataFileError, Problem
from kiosk.settings_file import example_lines, read_settings, setting

_EXAMPLE_HEAD: Final = """\
# Giliran: the settings of one kiosk. Every line shows the default; leave out what suits you.
# Relative paths start at this file's folder. Try it: giliran kiosk --config kiosk.toml
# Written by `python -m scripts.write_docs` from kiosk/config.py.
"""


_HOST_NAME: Final = r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*"
_PORT: Final = r"(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]?\d{1,4})"
SERVER_URL: Final = (
    rf"https?://({_HOST_NAME}|\[[0-9A-Fa-f:.]+\])(:{_PORT})?/?",
    "http:// or https://, a host and perhaps a port, such as http://192.168.1.10:8035",
)
"""The pattern of a server's address, and what it asks for in words that follow "must be"."""


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """`device`: see `giliran printer --help`. `profile`: a name from printing/profiles.toml."""

    device: str = setting(
        "sim:slips",
        "tcp://HOST:9100, file:/dev/usb/lp0, serial:/dev/ttyUSB0?baud=9600, usb:VID:PID or win:NAME;"
        " sim:FOLDER draws slips as pictures",
    )
    profile: str = setting(
        "auto",
        "auto: what `giliran printer probe` found out, until then generic-80mm; or a name from printing/profiles.toml,"
        " or a file such as probe writes",
    )
    fallback: str | None = setting(None, "a second printer, which takes over while the first cannot print")
    fallback_profile: str = setting("auto", "of the second printer, in the same words")
    roll_m: float = setting(
        80.0, "metres of paper on a new roll, as its label says: how many slips are left is told", among=range(5, 301)
    )


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """`server` None: this kiosk is alone at its site and its numbers carry no letter; or a pairing code let it in, and
    the address is kept with the enrolment. `authority`: see kiosk.sync.tls.trusted.
    """

    server: str | None = setting(
        None,
        "the site server, such as http://192.168.1.10:8035; without one the kiosk is alone at its site",
        pattern=SERVER_URL,
    )
    authority: Path | None = setting(
        None, "PEM file of the one authority that a https:// server is believed by; without one the machine's own store"
    )


@dataclass(frozen=True, slots=True)
class ScannerConfig:
    """A reader of QR codes beside the screen, for slips that visitors already hold."""

    enabled: bool = setting(
        False,
        "true where a QR scanner that types like a keyboard stands beside the screen: visitors who hold a slip before"
        " it see where their visit stands, and the first screen says so",
    )


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """The panel. `panel_width_mm` is its visible width as mounted: every size on screen derives from it.

    336 mm is a 27-inch panel standing upright, the smallest on which the body text reaches 6.1 mm capitals
    within 1080 dots without crowding (EN 301 549, 5.1.4).
    """

    width_px: int = setting(1080, "as mounted: an upright panel is narrower than high", among=range(320, 16385))
    height_px: int = setting(1920, "as mounted", among=range(320, 16385))
    panel_width_mm: float = setting(
        336.0, "visible width, measured with a ruler: all sizes derive from it", among=range(100, 3001)
    )
    full_screen: bool = setting(True, "false only on a developer's desk")
    animations: bool = setting(True, "false spares weak machines, and people whom motion disturbs")


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """Seconds. WCAG 2.2.1 asks for at least 20 s of warning."""

    idle_s: int = setting(60, "untouched for so long, the kiosk asks whether anybody is there", among=range(10, 601))
    warning_s: int = setting(20, "and then waits for an answer; WCAG 2.2.1 asks for 20 or more", among=range(20, 121))
    ticket_s: int = setting(30, "how long the number stays on screen", among=range(5, 301))
    default_language: Language = setting(Language.INDONESIAN, "of the first screen: id or en")


@dataclass(frozen=True, slots=True)
class KioskConfig:
    """`name` is what technicians call the machine; `number` (1..255) stands for it in the QR token; `letter` A..Z
    marks its own series at a site with several kiosks. Relative paths are taken from the config file's folder.
    """

    name: str = setting(
        "Anjungan 1",
        "what technicians call this machine",
        pattern=(r"[^\x00-\x1f\x7f]{1,60}", "1 to 60 characters, without control characters"),
    )
    number: int = setting(1, "different for every kiosk of the site; it is in each QR", among=range(1, 256))
    letter: str = setting(
        "A",
        "different for every kiosk of the site; it ends each number given offline",
        pattern=(r"[A-Z]", "one capital letter, A to Z"),
    )
    data_dir: Path = setting(Path("data"), "database, key and logs; on the machine's own disk, never on a stick")
    witness_dir: Path | None = setting(
        None, "remembers each start, so that a disk put back to an earlier day is noticed; best on another disk"
    )
    bind_to_machine: bool = setting(
        True, "a copy of this folder on other hardware must be paired anew; false where a virtual machine moves about"
    )
    catalogue: Path | None = setting(None, "another catalogue than the one that ships with the program")
    site: Path | None = setting(None, "this hall's own file; without one the sample hall is shown, and says so")
    printer: PrinterConfig = field(default_factory=PrinterConfig)
    sync: SyncConfig = field(default_factory=SyncConfig)
    scanner: ScannerConfig = field(default_factory=ScannerConfig)
    screen: ScreenConfig = field(default_factory=ScreenConfig)
    session: SessionConfig = field(default_factory=SessionConfig)


def load_config(path: Path, look_closer: Callable[[KioskConfig], Iterable[Problem]] = lambda _: ()) -> KioskConfig:
    """Read a kiosk's TOML file. `look_closer` judges what this package cannot, such as the printer's address.

    Raises DataFileError with everything that is wrong in it. A file or a disk that is away is named along with the
    rest, but alone it is no reason: it may come back, and the kiosk has its last good files and a screen until then.
    """
    config, problems = read_settings(KioskConfig, path)
    config = replace(config, printer=_anchored(config.printer, path.resolve().parent))
    faults = (*problems, *authority_problems(config.sync.server, config.sync.authority), *look_closer(config))
    if faults:
        raise DataFileError(str(path), (*faults, *_away(config)))
    return config


def authority_problems(server: str | None, authority: Path | None) -> Iterator[Problem]:
    """What is wrong with an authority's file beside this server's address."""
    if authority is not None and server is not None and not server.startswith("https:"):
        yield Problem("sync.authority", f"is of no use with {server}: only https:// asks who the server is")
    if authority is not None and not _holds_certificate(authority):
        yield Problem("sync.authority", f"{authority} holds no certificate: it must be a PEM file")


def _holds_certificate(file: Path) -> bool:
    """True also of a file that is away: it may come back."""
    import ssl  # noqa: PLC0415  # of no use to a kiosk without an authority

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except ssl.SSLError:
        return False
    except OSError:
        return True
    return True


def _away(config: KioskConfig) -> Iterator[Problem]:
    for name, file in (
        ("catalogue", config.catalogue),
        ("site", config.site),
        ("sync.authority", config.sync.authority),
    ):
        if file is not None and not file.is_file():
            yield Problem(name, f"there is no file {file}")
    yield from folder_problems(config.data_dir)


def folder_problems(data_dir: Path) -> Iterator[Problem]:
    """Why nothing can be kept there; a disk that is away may come back."""
    nearest = next(folder for folder in (data_dir, *data_dir.absolute().parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        yield Problem("data_dir", f"{data_dir} cannot be made or written: look at {nearest}")


def _anchored(printer: PrinterConfig, folder: Path) -> PrinterConfig:
    """Simulated printers' folders and profiles' files are paths like any other."""

    def device(url: str) -> str:
        kind, _, rest = url.partition(":")
        return f"sim:{folder / rest}" if kind == "sim" and rest else url

    def profile(name: str) -> str:
        return str(folder / name) if name.endswith(".toml") else name

    return replace(
        printer,
        device=device(printer.device),
        profile=profile(printer.profile),
        fallback=None if printer.fallback is None else device(printer.fallback),
        fallback_profile=profile(printer.fallback_profile),
    )


def example_config() -> str:
    """What `docs/kiosk.example.toml` holds."""
    return _EXAMPLE_HEAD + "\n".join(example_lines(KioskConfig())) + "\n"
