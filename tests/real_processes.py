"""Kiosks and servers as processes of their own that a test starts, asks, and kills by SIGKILL."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from click.testing import CliRunner

from giliran import main
from kiosk.paths import resource_path
from kiosk.sync.status import SyncState
from server.run import ADDRESS_FILE
from server.settings import ServerSettings
from tests.published_hall import site_bytes

GILIRAN: Final = (sys.executable, str(resource_path("giliran.py")))
START_WITHIN_S: Final = 60.0
"""A loaded machine starts a program in 5 s."""
_STOP_WITHIN_S: Final = 30.0
_A_MOMENT_S: Final = 0.02

_SERVER: Final = """
import signal, sys
from pathlib import Path
from kiosk.logs import configure_logging
from server.run import Server
from server.settings import Role, ServerSettings, Upstream
from tests.relayed_site import BRISK

role, folder, listen, database, site_file, upstream = sys.argv[1:]
configure_logging(Path(folder))
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: sys.exit(0))
settings = ServerSettings(
    Role(role), Path(folder), database or None, Path(site_file) if site_file else None,
    Upstream(upstream) if upstream else None,
)
Server(settings, listen, relay_pace=BRISK).run()
"""
"""As `giliran server`, but quick to try its upstream again."""


@dataclass(frozen=True, slots=True)
class Said:
    """A ticket that a visitor was shown. `waited_s`: from the press to then. `token`: what its QR says."""

    ticket: str
    day: str
    label: str
    services: tuple[str, ...]
    waited_s: float
    token: str


class _Process:
    """`aside`: where lies what is not to perish with `folder`. `errors`: where it complains; a traceback in there is a
    bug of ours.
    """

    def __init__(self, folder: Path, aside: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.aside = aside or folder.parent
        self.errors = self.aside / f"{folder.name}.stderr"
        self._process: subprocess.Popen[str] | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._hang_up()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """At once and without any clean-up. What it said before that is still heard."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _hang_up(self) -> None:
        if self._process is not None:
            for end in (self._process.stdin, self._process.stdout):
                with suppress(BrokenPipeError):
                    if end is not None:
                        end.close()

    def _start(self, command: Sequence[str], *, is_asked: bool, fault: str = "") -> None:
        self._hang_up()
        talk = subprocess.PIPE if is_asked else subprocess.DEVNULL
        with self.errors.open("ab") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=talk,
                stdout=talk,
                stderr=errors,
                text=True,
                cwd=resource_path(""),
                env={**os.environ, "GILIRAN_FAULT": fault},
            )


class KioskProcess(_Process):
    """`said`: every ticket that a visitor of this kiosk was shown, over all its lives. Used by one thread; `look` and
    `kill` by any. `data`: the kiosk's own folder. `pragmas`: see tests.faults.kiosk_process.
    """

    def __init__(
        self, folder: Path, printer: str = "sim:slips", *, aside: Path | None = None, pragmas: Sequence[str] = ()
    ) -> None:
        super().__init__(folder, aside)
        self.said: list[Said] = []
        self.data = folder / "data"
        self.config = folder / "kiosk.toml"
        witness = self.aside / f"{folder.name}-witness"
        self.config.write_text(f'witness_dir = "{witness}"\n[printer]\ndevice = "{printer}"\n')
        self._pragmas = pragmas
        self._visitors = 0
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def launch(self, fault: str = "") -> None:
        """`fault`: where it kills itself (kiosk/faults.py)."""
        command = [sys.executable, "-m", "tests.faults.kiosk_process", str(self.config), *self._pragmas]
        self._start(command, is_asked=True, fault=fault)

    def wait_until_ready(self) -> None:
        """It takes visitors, or somebody has killed it again."""
        assert self._process is not None
        if self._answer() is None:
            assert self._process.wait(_STOP_WITHIN_S) == -signal.SIGKILL, self.errors.read_text()

    def start(self, fault: str = "") -> None:
        self.launch(fault)
        self.wait_until_ready()

    def hall(self) -> dict[str, Any]:
        answer = self._ask("hall")
        assert answer is not None, self.errors.read_text()
        return answer

    def pass_time(self, seconds: float) -> None:
        assert self._ask(f"pass {seconds}") is not None, self.errors.read_text()

    def issue(self, *services: str) -> Said | None:
        """None where it died, or its disk did, before it could say a number."""
        self._visitors += 1
        answer = self._ask(f"issue visitor-{self._visitors} {' '.join(services)}")
        if answer is None or "trouble" in answer:
            return None
        said = Said(**{**answer, "services": tuple(answer["services"])})
        self.said.append(said)
        return said

    def look(self, token: str) -> dict[str, Any]:
        """What it says of a slip before its scanner."""
        answer = self._ask(f"look {token}")
        assert answer is not None, self.errors.read_text()
        return answer

    def state(self) -> dict[str, Any]:
        answer = self._ask("state")
        assert answer is not None, self.errors.read_text()
        return answer

    def wait_until(self, holds: Callable[[dict[str, Any]], bool], within_s: float = 30.0) -> None:
        wait_until(lambda: holds(self.state()), within_s, lambda: json.dumps(self.state()))

    def wait_until_settled(self, within_s: float) -> None:
        """Nothing is left to write, and central holds it."""
        self.wait_until(
            lambda told: (
                (told["state"], told["printing"]) == (SyncState.ONLINE, False)
                and told["written"] == told["at_site"] == told["at_central"]
            ),
            within_s,
        )

    def close(self) -> None:
        """In good order; the slip in flight is finished."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(_STOP_WITHIN_S) == 0, self.errors.read_text()

    def _ask(self, line: str) -> dict[str, Any] | None:
        assert self._process is not None
        assert self._process.stdin is not None
        with self._turn:
            try:
                self._process.stdin.write(line + "\n")
                self._process.stdin.flush()
            except BrokenPipeError:
                return None
            return self._answer()

    def _answer(self) -> dict[str, Any] | None:
        """A line that broke off was not said."""
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line.endswith("\n") else None


class ServerProcess(_Process):
    """A server that listens on any free port unless `listen` is changed before a start. `is_brisk`: not the command
    itself, but as it, and quick to try its upstream again.
    """

    def __init__(self, settings: ServerSettings, *, aside: Path | None = None, is_brisk: bool = False) -> None:
        super().__init__(settings.data_dir, aside)
        self.settings = settings
        self.url = ""
        self.listen = "127.0.0.1:0"
        self._is_brisk = is_brisk

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        """Returns when it listens."""
        address = self.folder / ADDRESS_FILE
        address.unlink(missing_ok=True)
        self._start(self._brisk() if self._is_brisk else self._command(), is_asked=False)
        wait_until(lambda: address.exists() or not self.is_running, START_WITHIN_S, self.errors.read_text)
        assert self.is_running, self.errors.read_text()
        self.url = address.read_text()

    def stop(self) -> None:
        """In good order."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(_STOP_WITHIN_S) == 0, self.errors.read_text()

    def verified(self) -> dict[str, Any]:
        return verified(self.folder, self.settings.database)

    def invited(self, address: str, *words: str) -> str:
        """What the QR of a new code says."""
        database = [] if self.settings.database is None else ["--database", self.settings.database]
        options = ["--no-wait", "--address", address, "--data", str(self.folder), *database]
        return str(said_json("server", "invite", *options, *words)["link"])

    def _command(self) -> list[str]:
        options = zip(
            ("--role", "--data", "--listen", "--database", "--site", "--upstream"), self._words(), strict=True
        )
        return [*GILIRAN, "server", *(word for option in options if option[1] for word in option)]

    def _brisk(self) -> list[str]:
        return [sys.executable, "-c", _SERVER, *self._words()]

    def _words(self) -> tuple[str, ...]:
        its = self.settings
        upstream = None if its.upstream is None else its.upstream.url
        facts = (its.role, its.data_dir, self.listen, its.database, its.site_file, upstream)
        return tuple("" if fact is None else str(fact) for fact in facts)


def said_json(*words: str) -> Any:
    """What a command says with --json; in this process, which spares its start."""
    result = CliRunner().invoke(main, [*words, "--json"])
    assert result.exit_code == 0, (words, result.output, result.exception)
    return json.loads(result.stdout)


def verified(folder: Path, database: str | None = None) -> dict[str, Any]:
    """`giliran verify` of a kiosk's or a server's folder; whoever runs there goes on. Fails where a chain is broken."""
    facts = said_json("verify", "--data", str(folder), *([] if database is None else ["--database", database]))
    assert facts["ok"], facts
    return dict(facts)


def open_hall_file(folder: Path) -> Path:
    """The file of a hall that is open around the clock, as its site server is given it."""

    def always_open(hall: dict[str, Any]) -> None:
        hours = {weekday: [["00:00", "24:00"]] for weekday in hall["hours"]}
        hall |= {"hours": hours, "exceptions": [], "friday_break": None}
        for queue in hall["queues"]:
            queue |= {"hours": None, "cut_off_minutes": 0, "quota": None, "force_closed": None}

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "hall.json"
    path.write_bytes(site_bytes(always_open))
    return path


def wait_until(holds: Callable[[], bool], within_s: float, explain: Callable[[], str]) -> None:
    """Looks again every moment: what another process does tells nobody here when it is done."""
    never = threading.Event()
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, explain()
        never.wait(_A_MOMENT_S)


def assert_no_traceback(*processes: _Process) -> None:
    for process in processes:
        assert "Traceback" not in process.errors.read_text(), process.errors.read_text()
