"""From the press to paper: on a network printer, and on serial lines, where every byte is waited for.

The printer is the emulated one, in a process of its own, at 200 mm/s. A pty has no speed, so it takes its bytes no
faster than the line would bring them, and a slip is out when it says so: this side's buffer proves nothing.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from bench.emulated import emulated_printer
from bench.measurement import Budget, Measurement
from kiosk.clock import Clock
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.site import Site
from kiosk.store.print_jobs import StoredPrintJobs
from kiosk.store.writer import Store
from printing.escpos_printer import EscposPrinter
from printing.profile import Renderer, find_profile
from printing.slip import SlipRenderer
from printing.spooler import Spooler
from printing.transports.devices import open_device
from printing.transports.transport import Transport

SPEED: Final = "200"
"""Millimetres a second, as printers of the class have it."""

WARM_UP: Final = 2
_BREATH_S: Final = 0.3
"""Between two visitors, in which the emulator writes the last slip's picture, as no printer has to."""

_SLIP_BEGINS: Final = b"\x1b@"
_CUT: Final = b"\x1dV"


@dataclass(frozen=True, slots=True)
class Line:
    """A way to the printer: `listen` as the emulator takes it. `baud` None: no serial line. Budgets in milliseconds."""

    name: str
    renderer: Renderer
    slips: int
    baud: int | None = None
    first_byte: tuple[Budget, ...] = ()
    out: tuple[Budget, ...] = ()
    size: tuple[Budget, ...] = ()


LINES: Final = (
    Line("tcp", Renderer.RASTER, 100, first_byte=(Budget("p99", 50),)),
    Line("115200 baud", Renderer.RASTER, 4, 115_200),
    Line("115200 baud", Renderer.TEXT, 8, 115_200),
    Line("9600 baud", Renderer.TEXT, 20, 9_600, out=(Budget("p95", 3000),), size=(Budget("max", 2880),)),
)


@dataclass(frozen=True, slots=True)
class Hall:
    """`take_number` is the visitor's press: when it returns, the ticket is durable and its print job is queued."""

    site: Site
    catalogue: Catalogue
    store: Store
    clock: Clock
    folder: Path
    take_number: Callable[[], None]


@dataclass
class _Watched:
    """A transport that notes when a slip begins to leave, and how long it is."""

    transport: Transport
    begun_at: float = field(default=0, init=False)
    size: int = field(default=0, init=False)
    _is_slip: bool = field(default=False, init=False)

    @property
    def bytes_per_s(self) -> float | None:
        return self.transport.bytes_per_s

    @property
    def can_read(self) -> bool:
        return self.transport.can_read

    def open(self, timeout_s: float) -> None:
        self.transport.open(timeout_s)

    def write(self, data: bytes, timeout_s: float) -> None:
        """A slip begins with `ESC @` and ends with its cut; questions may stand between its parts and after it."""
        if data.startswith(_SLIP_BEGINS) and not self.begun_at:
            self.begun_at = time.perf_counter()
            self._is_slip = True
        if self._is_slip:
            self.size += len(data)
            self._is_slip = _CUT not in data[-8:]
        self.transport.write(data, timeout_s)

    def read(self, timeout_s: float) -> bytes:
        return self.transport.read(timeout_s)

    def pass_over(self) -> None:
        self.transport.pass_over()

    def close(self) -> None:
        self.transport.close()

    def forget(self) -> None:
        self.begun_at, self.size, self._is_slip = 0.0, 0, False


def measure_paper(hall: Hall) -> Iterator[Measurement]:
    """Each way that this machine can have, one visitor after another."""
    for number, line in enumerate(LINES):
        if line.baud is None or os.name != "nt":
            yield from _measure(hall, line, hall.folder / f"paper-{number}")


def _measure(hall: Hall, line: Line, folder: Path) -> Iterator[Measurement]:
    listen, options = "tcp://127.0.0.1:0", []
    if line.baud:
        listen, options = f"pty:{folder}.tty", ["--baud", str(line.baud)]
    profile = replace(find_profile("generic-80mm"), renderer=line.renderer)
    render = SlipRenderer(hall.site, hall.catalogue, profile)
    render.prepare()
    finished: SimpleQueue[PrintJob] = SimpleQueue()
    jobs = StoredPrintJobs(hall.store, hall.clock)
    jobs.recover()
    with emulated_printer(listen, folder, "--speed", SPEED, *options) as url:
        watched = _Watched(open_device(f"{url}?baud={line.baud}" if line.baud else url))
        spooler = Spooler(
            EscposPrinter(watched, profile),
            jobs,
            render,
            lambda job: finished.put(job) if job.state.is_final else None,
            lambda _: None,
            hall.clock,
        )
        spooler.start()
        try:
            slips = [_one_slip(hall, spooler, watched, finished) for _ in range(WARM_UP + line.slips)][WARM_UP:]
        finally:
            spooler.stop()
    yield from _measurements(line, slips)


def _one_slip(
    hall: Hall, spooler: Spooler, watched: _Watched, finished: "SimpleQueue[PrintJob]"
) -> tuple[float, float, float, float]:
    """Milliseconds from the press to the first byte, from that to the verdict, from the press to the verdict; bytes."""
    time.sleep(_BREATH_S)
    watched.forget()
    pressed_at = time.perf_counter()
    hall.take_number()
    spooler.wake()
    job = finished.get()
    known_at = time.perf_counter()
    if job.state is not PrintState.CONFIRMED:
        raise RuntimeError(f"a slip that should be confirmed is {job.state}: nothing can be measured")
    first, out, whole = watched.begun_at - pressed_at, known_at - watched.begun_at, known_at - pressed_at
    return first * 1000, out * 1000, whole * 1000, watched.size


def _measurements(line: Line, slips: Sequence[tuple[float, float, float, float]]) -> Iterator[Measurement]:
    first, out, verdict, size = zip(*slips, strict=True)
    name = f"{line.name}, {line.renderer}"
    yield Measurement(f"{name}: press to first byte", "ms", first, budgets=line.first_byte)
    yield Measurement(f"{name}: first byte to verdict", "ms", out, budgets=line.out)
    yield Measurement(f"{name}: press to verdict", "ms", verdict)
    yield Measurement(f"{name}: a slip", "bytes", size, budgets=line.size)
