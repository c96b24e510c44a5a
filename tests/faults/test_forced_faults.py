"""1,000 forced faults: no slip is ever told to be better, or worse, than the paper shows.

In each, one thing goes wrong with a printer at a byte by chance, and is mended by somebody who looked, or later. The
witness is the paper, read by an independent reader. 40 in `make test`; GILIRAN_FORCED_FAULTS=1000 in `make test-long`;
GILIRAN_SEED picks others. A printer that lies of itself and prints nothing is not among them: nobody can tell (R7).
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from kiosk.domain.print_job import PrintState
from printing.emulator.models import CLONE, EPSON, MUTE, SLOW, Clears, Model
from printing.escpos_printer import Deadlines, EscposPrinter
from printing.profile import Confirmation, Profile, Renderer, find_profile
from tests.troubled_machine import Trouble, TroubledMachine
from tests.whole_slips import reads, shows, times_on, whole_slip

CASES: Final = int(os.environ.get("GILIRAN_FORCED_FAULTS", "40"))
SEED: Final = int(os.environ.get("GILIRAN_SEED", "4"))
BATCH: Final = 10
QUICK: Final = Deadlines(
    open_s=1, answer_s=0.01, write_s=0.06, confirm_s=0.1, stall_s=0.06, settle_s=0.06, quiet_s=0.003,
    slowest_mm_s=1e9,
)  # fmt: skip

RUNGS: Final[tuple[tuple[Model, Confirmation], ...]] = (
    (EPSON, Confirmation.PROCESS_ID),
    (EPSON, Confirmation.FENCE),
    (replace(EPSON, clears=Clears.ALWAYS), Confirmation.PROCESS_ID),
    (replace(SLOW, speed_mm_s=None), Confirmation.AUTO),
    (CLONE, Confirmation.FENCE),
    (CLONE, Confirmation.AUTO),
    (CLONE, Confirmation.STATUS),
    (MUTE, Confirmation.AUTO),
    (MUTE, Confirmation.NONE),
)
CHANGES: Final[tuple[dict[str, Any], ...]] = (
    {"paper_mm": 0.0},
    {"paper_mm": -1.0},  # some of it is left
    {"is_cover_open": True},
    {"is_cover_open": True, "paper_mm": 0.0},
    {"is_cutter_jammed": True},
    {"is_overheated": True},
    {"is_silent": True},
    {"is_noisy": True},
)
LINES: Final = ("gone", "dropped", "off", "late")
STALE: Final = (b"", b"\x00", b"\x00\x00", b"\x12", b"\x10\x08\x00", b"7\x220000\x00", b"\x10\x18\x00\x0f\x00")


def profile_of(confirmation: Confirmation, *, is_text: bool, clears_buffer: bool = False) -> Profile:
    return replace(
        find_profile("generic-58mm"),
        confirmation=confirmation,
        renderer=Renderer.TEXT if is_text else Renderer.RASTER,
        clears_buffer=clears_buffer,
    )


@dataclass(frozen=True)
class Case:
    model: Model
    profile: Profile
    trouble: Trouble
    stale: bytes

    def __str__(self) -> str:
        return f"{self.model.name} by {self.profile.confirmation.value}: {self.trouble}, stale {self.stale!r}"


def case(number: int) -> Case:
    chance = random.Random(f"{SEED}-{number}")  # noqa: S311  # nothing is kept secret
    model, confirmation = chance.choice(RUNGS)
    is_text = chance.random() < 0.3 and model.draws_qr
    length = len(whole_slip(0, profile_of(Confirmation.NONE, is_text=is_text)).document)
    # The last bytes of a slip are where a verdict is hardest.
    at = chance.choice((chance.randint(0, length + 60), length + chance.randint(-400, 60)))
    change: tuple[tuple[str, Any], ...] = ()
    line = ""
    if chance.random() < 0.75:
        change = tuple(
            (name, chance.uniform(0, 170) if value == -1.0 else value) for name, value in chance.choice(CHANGES).items()
        )
    else:
        line = chance.choice(LINES)
    trouble = Trouble(at, change, line, is_mended=chance.random() < 0.5)
    profile = profile_of(confirmation, is_text=is_text, clears_buffer=model.clears is Clears.ALWAYS)
    return Case(model, profile, trouble, chance.choice(STALE))


def play(number: int, folder: Path) -> tuple[PrintState, PrintState]:
    """The verdicts on the slip with the trouble, and on the one after it."""
    this = case(number)
    is_text = this.profile.renderer is Renderer.TEXT
    first, second = (
        whole_slip(0, profile_of(Confirmation.NONE, is_text=is_text)),
        whole_slip(1, profile_of(Confirmation.NONE, is_text=is_text)),
    )
    device = TroubledMachine(this.model, this.profile.dots, folder, this.trouble, this.stale)
    printer = EscposPrinter(device, this.profile, QUICK)
    printer.status()
    told = printer.print(lambda _: first.document, 1)
    if told.state is PrintState.CONFIRMED:
        # At once, before anything else comes out.
        whole = [piece for piece in device.pieces() if shows(piece, first)]
        assert [reads(piece) for piece in whole] == [first.token], f"case {number}: {this}: {told}"
    device.mend()
    printer.status()
    later = printer.print(lambda _: second.document, 2)
    printer.status()
    printer.print(lambda _: second.document, 3)
    pieces = device.pieces()
    out = times_on(pieces, first)
    assert out <= 1, f"case {number}: {this}: {told}, twice on paper"
    assert told.state is not PrintState.FAILED or out == 0, f"case {number}: {this}: {told}, but it is on paper"
    assert told.state is not PrintState.CONFIRMED or out == 1, f"case {number}: {this}: {told}"
    assert later.state is not PrintState.CONFIRMED or times_on(pieces, second) >= 1, f"case {number}: {this}: {later}"
    return told.state, later.state


@pytest.mark.parametrize("batch", range(-(-CASES // BATCH)))
def test_verdict_is_never_better_than_the_paper(tmp_path: Path, batch: int) -> None:
    for number in range(batch * BATCH, min((batch + 1) * BATCH, CASES)):
        play(number, tmp_path / str(number))


def test_faults_reach_every_verdict(tmp_path: Path) -> None:
    """Else the test above would prove nothing."""
    seen = Counter(play(number, tmp_path / str(number))[0] for number in range(1_000, 1_030))
    assert set(seen) == {PrintState.CONFIRMED, PrintState.UNVERIFIED, PrintState.UNKNOWN, PrintState.FAILED}
