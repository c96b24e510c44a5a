"""What a technician sets for one officer's counter, from one TOML file.

Every default stands beside its reason; `docs/desk.example.toml` is written from them (scripts/write_docs.py).
"""

# ruff: noqa: RUF009  # setting() is dataclasses.field() with a reason
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from kiosk.config import SERVER_URL, authority_problems, folder_problems
from kiosk.domain.language import Language
from kiosk.enrolment import ENROLMENT_FILE, Enrolment, load_enrolment
from kiosk.errors import DataFileError, Problem
from kiosk.settings_file import example_lines, read_settings, setting, written_kind
from kiosk.sync.wire import DeviceKind

_EXAMPLE_HEAD: Final = """\
# Giliran: the settings of one officer's counter. Every line shows the default; leave out what suits you, but not kind.
# Relative paths start at this file's folder. Try it: giliran desk --config desk.toml
# Written by `python -m scripts.write_docs` from kiosk/desk/config.py.
"""


class Edge(StrEnum):
    """Of the screen, where the strip lies."""

    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class DeskSyncConfig:
    """`server` None: the address is kept with the enrolment. `authority`: see kiosk.sync.tls.trusted."""

    server: str | None = setting(
        None,
        "the site server, such as http://192.168.1.10:8035; without one, the one whose pairing code let this desk in",
        pattern=SERVER_URL,
    )
    authority: Path | None = setting(
        None, "PEM file of the one authority that a https:// server is believed by; without one the machine's own store"
    )


@dataclass(frozen=True, slots=True)
class DeskConfig:
    """`counter`: which one is offered at the first sign-in; None: the officer types it. `camera`: None for none,
    `auto` for the first one, else a camera's name or a part of it.
    """

    kind: str = setting("desk", "what this file is for: giliran enrol reads it", pattern=("desk", '"desk"'))
    name: str = setting(
        "Loket",
        "what technicians call this machine",
        pattern=(r"[^\x00-\x1f\x7f]{1,60}", "1 to 60 characters, without control characters"),
    )
    counter: int | None = setting(
        None, "the counter that stands here, as on its sign; without one the officer types it", among=range(1, 10_000)
    )
    data_dir: Path = setting(Path("desk-data"), "database, key and logs; on the machine's own disk, never on a stick")
    bind_to_machine: bool = setting(
        True, "a copy of this folder on other hardware must be paired anew; false where a virtual machine moves about"
    )
    language: Language = setting(Language.INDONESIAN, "of the window: id or en")
    idle_lock_s: int = setting(600, "so long untouched, the window asks for the PIN again", among=range(60, 28_801))
    strip_edge: Edge = setting(Edge.TOP, "where the strip of giliran desk --strip lies: top or bottom")
    camera: str | None = setting(
        None,
        "a camera that reads tickets besides the scanner: auto for the first one, or its name",
        pattern=(r"[^\x00-\x1f\x7f]{1,120}", "auto, or a camera's name"),
    )
    sound: bool = setting(True, "a tone for every scan, another one for each kind of answer")
    sync: DeskSyncConfig = field(default_factory=DeskSyncConfig)


def load_desk_config(path: Path) -> DeskConfig:
    """Raises DataFileError with everything that is wrong in the file; what is merely away is named along with it."""
    config, problems = read_settings(DeskConfig, path)
    faults = (*problems, *_contradictions(path, config))
    if faults:
        raise DataFileError(str(path), (*faults, *folder_problems(config.data_dir)))
    return config


def enrolled(config: DeskConfig) -> tuple[DeskConfig, Enrolment | None]:
    """The settings as the server decided them; desk.toml may still change its address. Raises IdentityError."""
    enrolment = load_enrolment(config.data_dir / ENROLMENT_FILE)
    if enrolment is None or enrolment.kind is not DeviceKind.DESK:
        return config, None
    sync = replace(config.sync, server=config.sync.server or enrolment.server_url)
    return replace(config, name=enrolment.name, sync=sync), enrolment


def example_desk_config() -> str:
    """What `docs/desk.example.toml` holds."""
    return _EXAMPLE_HEAD + "\n".join(example_lines(DeskConfig())) + "\n"


def _contradictions(path: Path, config: DeskConfig) -> Iterator[Problem]:
    if written_kind(path) is None:
        yield Problem("kind", 'must be there: kind = "desk"')
    yield from authority_problems(config.sync.server, config.sync.authority)
