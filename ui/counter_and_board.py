"""A counter and a board for `giliran run --with desk,board`: their settings files, a pairing, an officer to sign in as.

Done by the commands that a technician would type, beside the running server.
"""

import json
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.catalogue_file import load_catalogue
from kiosk.config import KioskConfig
from kiosk.data_in_force import DataPaths
from kiosk.desk.config import load_desk_config
from kiosk.enrolling import enrol_desk
from kiosk.enrolment import ENROLMENT_FILE
from kiosk.errors import KioskError
from kiosk.paths import own_command
from kiosk.site_file import load_site
from ui.sample_hall import SAMPLE_SITE_ID

DEMO_STAFF: Final = "PETUGAS-1"
_WITHIN_S: Final = 60.0
_STOP_WITHIN_S: Final = 10.0
_BOARD_MM: Final = 1210.0


class DemoHallError(KioskError):
    """A counter or a board could not be set up beside the server."""


@dataclass(frozen=True, slots=True)
class Officer:
    staff: str
    pin: str


def make_officer(server_data: Path) -> Officer:
    """Whose PIN is new at every start, because nobody has kept the last one."""
    pin = "".join(secrets.SystemRandom().sample("2468", 3) + secrets.SystemRandom().sample("13579", 3))  # never weak
    where = ("--data", str(server_data), "--site", SAMPLE_SITE_ID)
    known = {each["staff"] for each in json.loads(_giliran("staff", "list", *where, "--json"))}
    verb = "reset" if DEMO_STAFF in known else "add"
    _giliran("staff", verb, DEMO_STAFF, *where, "--pin-stdin", said=f"{pin}\n")
    return Officer(DEMO_STAFF, pin)


def desk_settings(data: Path, server_url: str, service_id: str) -> Path:
    """The file of a desk that the server knows, at a counter where this service is served."""
    counter = _counter_of(data / "site.json", service_id)
    file = data / "desk.toml"
    _write(
        file,
        'kind = "desk"',
        f'name = "Loket {counter}"',
        f"counter = {counter}",
        f"data_dir = {_quoted(data / 'desk')}",
        "bind_to_machine = false",
        "[sync]",
        f'server = "{server_url}"',
    )
    config = load_desk_config(file)
    if not (config.data_dir / ENROLMENT_FILE).exists():
        wish = ("--kind", "desk", "--site", SAMPLE_SITE_ID, "--name", config.name)
        made = _giliran("server", "invite", "--data", str(data / "server"), *wish, "--no-wait", "--json")
        enrol_desk(json.loads(made)["code"], config)
    return file


def board_settings(data: Path, server_url: str, screen: tuple[int, int]) -> Path:
    """The file of a board over the whole hall. `screen`: what there is room for, in pixels."""
    width = max(640, min(1920, round(screen[0] * 0.7)))
    file = data / "board.toml"
    _write(
        file,
        'kind = "board"',
        f"data_dir = {_quoted(data / 'board')}",
        "[sync]",
        f'server = "{server_url}"',
        "[screen]",
        f"width_px = {width}",
        f"height_px = {round(width * 9 / 16)}",
        f"panel_width_mm = {_BOARD_MM}",
        "full_screen = false",
    )
    return file


@contextmanager
def windows(commands: Sequence[Sequence[str]], logs: Path) -> Iterator[None]:
    """Each a program of ours, until the end; what it says is kept in `logs`."""
    logs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        for command in commands:
            log = stack.enter_context((logs / f"{command[0]}.log").open("ab"))
            process = subprocess.Popen(  # noqa: S603  # our own program
                [*own_command(), *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            stack.callback(_stop, process)
        yield


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=_STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _counter_of(site_file: Path, service_id: str) -> int:
    shipped = DataPaths.of(KioskConfig())
    site = load_site(site_file, load_catalogue(shipped.catalogue, shipped.numbers))
    return site.queue_by_service[service_id].counters[0].number


def _giliran(*words: str, said: str = "") -> str:
    """What it says. Raises DemoHallError in its own words."""
    done = subprocess.run(  # noqa: S603  # our own program
        [*own_command(), *words], input=said, capture_output=True, text=True, timeout=_WITHIN_S, check=False
    )
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise DemoHallError(f"giliran {' '.join(words[:2])} failed: {''.join(last)}")
    return done.stdout


def _write(file: Path, *lines: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# Written by giliran run --with desk,board.\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _quoted(path: Path) -> str:
    return json.dumps(str(path.resolve()), ensure_ascii=False)
