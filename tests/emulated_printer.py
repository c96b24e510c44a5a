"""The emulated printer as the tests use it: the real command in a process of its own (docs/printers.md)."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, cast

from printing.emulator.tray import Kind, pictures

ROOT: Final = Path(__file__).parents[1]
DEADLINE_S: Final = 30.0

Document = dict[str, Any]


class EmulatedPrinter:
    """`url` is what to print to; it changes when a pty without a link is plugged in again. `out` holds its paper."""

    def __init__(self, process: "subprocess.Popen[str]", out: Path) -> None:
        self.out = out
        self._process = process
        self._events: list[Document] = []
        self._is_over = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._listen, name="emulated-printer")
        self._thread.start()

    @property
    def url(self) -> str:
        return cast("str", [document["listening"] for document in self.events if "listening" in document][-1])

    @property
    def path(self) -> Path:
        """The device file of a serial port, pty or FIFO."""
        return Path(self.url.partition(":")[2])

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def events(self) -> tuple[Document, ...]:
        """Everything it has told, oldest first."""
        with self._news:
            return tuple(self._events)

    def tell(self, words: str) -> None:
        """One command; when this returns it is carried out. Raises ValueError where the emulator refuses."""
        answer = self._ask(words, lambda document: words in (document.get("done"), document.get("refused")))
        if "refused" in answer:
            raise ValueError(answer["why"])

    def state(self) -> Document:
        return cast(
            "Document", self._ask("state", lambda document: "state" in document and "event" not in document)["state"]
        )

    def slips(self) -> tuple[Path, ...]:
        """The pictures of all slips, oldest first; the bytes lie beside each with the suffix .bin."""
        return pictures(self.out, Kind.SLIP)

    def fragments(self) -> tuple[Path, ...]:
        return pictures(self.out, Kind.FRAGMENT)

    def paper(self) -> tuple[Mapping[str, Any], ...]:
        """paper.ndjson: each piece that left the printer, in order."""
        diary = self.out / "paper.ndjson"
        return tuple(map(json.loads, diary.read_text().splitlines())) if diary.exists() else ()

    def received(self) -> bytes:
        """Everything that it ever took in."""
        return (self.out / "received.bin").read_bytes()

    def wait_for(self, is_it: Callable[[Document], bool], since: int = 0) -> Document:
        """The first document from number `since` on for which `is_it`; waits for it."""
        with self._news:
            at = since

            def has_come() -> bool:
                nonlocal at
                while at < len(self._events):
                    if is_it(self._events[at]):
                        return True
                    at += 1
                return self._is_over

            self._news.wait_for(has_come, DEADLINE_S)
            if at < len(self._events):
                return self._events[at]
            raise AssertionError(
                f"the emulator {'ended' if self._is_over else 'is silent'}; it told {self._events[-9:]}"
            )

    def wait_for_paper(self, kind: str, number: int = 1) -> Document:
        """Until slip, fragment or offcut `number` is out."""
        return self.wait_for(lambda document: document.get("event") == kind and document["number"] == number)

    def wait_for_state(self, is_it: Callable[[Document], bool]) -> Document:
        """Until its state is so."""
        pause = threading.Event()
        for _ in range(int(DEADLINE_S / 0.02)):
            state = self.state()
            if is_it(state):
                return state
            pause.wait(0.02)
        raise AssertionError(f"the emulator does not come to it: {state}")

    def kill(self) -> None:
        """SIGKILL: as if the printer's own program crashed."""
        self._process.kill()
        self.close()

    def close(self) -> None:
        """End it, and wait for its end. Also when it has ended."""
        stdin = cast("IO[str]", self._process.stdin)
        with suppress(BrokenPipeError):  # it has ended already
            stdin.close()
        try:
            self._process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()
        cast("IO[str]", self._process.stdout).close()

    def _ask(self, words: str, is_it: Callable[[Document], bool]) -> Document:
        stdin = cast("IO[str]", self._process.stdin)
        since = len(self.events)
        stdin.write(words + "\n")
        stdin.flush()
        return self.wait_for(is_it, since)

    def _listen(self) -> None:
        for line in cast("IO[str]", self._process.stdout):
            with self._news:
                self._events.append(json.loads(line))
                self._news.notify_all()
        with self._news:
            self._is_over = True
            self._news.notify_all()


@contextmanager
def emulated_printer(
    listen: str = "tcp", model: str = "epson", *, out: Path, script: str | None = None, profile: str = "generic-80mm",
    speed: float | None = None, flow: str | None = None, baud: int | None = None, clears: str | None = None,
) -> Iterator[EmulatedPrinter]:  # fmt: skip
    """`listen`: tcp, or tcp:PORT; pty, pty:LINK; lp or lp:LINK (a device file with both ways), fifo or fifo:PATH.
    Without a path they lie in `out`. `speed` None: at once, but for the slow model. `script`: TOML text. `out`: an own
    folder for its paper.
    """
    out.mkdir(parents=True, exist_ok=True)
    arguments = ["--listen", _line(listen, out), "--model", model, "--out", str(out), "--profile", profile]
    if script is not None:
        (out / "script.toml").write_text(script)
        arguments += ["--script", str(out / "script.toml")]
    if speed is None and model != "slow":
        speed = 0
    for name, value in {"speed": speed, "flow": flow, "baud": baud, "clears": clears}.items():
        if value is not None:
            arguments += [f"--{name}", str(value)]
    printer = EmulatedPrinter(_start(arguments), out)
    try:
        printer.wait_for(lambda document: "listening" in document)
        yield printer
    finally:
        printer.close()


def _line(listen: str, out: Path) -> str:
    kind, _, rest = listen.partition(":")
    if kind == "tcp":
        return f"tcp://127.0.0.1:{rest or 0}"
    return f"{kind}:{rest or out / {'pty': 'ttyEMU', 'lp': 'lp0', 'fifo': 'lp-fifo'}[kind]}"


def _start(arguments: Sequence[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(ROOT / "giliran.py"), "printer", "emulate", *arguments, "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
