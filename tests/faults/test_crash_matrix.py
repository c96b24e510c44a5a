"""P3, P4 and all between: SIGKILL at every so many bytes of a slip and at every change of state, over a real socket.

The witnesses are outside of the kiosk: what it said before it died, and the paper at the emulated printer, read by an
independent reader. 60 cases in `make test`; with GILIRAN_CRASHES=1000 in `make test-long`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
import zxingcpp
from PIL import Image

from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import StopState
from printing.profile import find_profile
from printing.simulated import SimulatedPrinter
from tests.emulated_printer import EmulatedPrinter, emulated_printer
from tests.faults.crash_victim import Life

CASES: Final = int(os.environ.get("GILIRAN_CRASHES", "60"))
EVERY: Final = 200
"""Bytes between two deaths, where all are died."""

STEPS: Final = (
    "issue.before_commit",
    "issue.after_commit",
    "print.marked_sending",
    "mid_slip",
    "after_cut",
    "print.before_verdict",
)
LONGEST: Final = {False: 67_400, True: 2_400}
"""About so many bytes has a slip as raster and as text, with the question behind it; who should die later, lives."""


def all_lives() -> list[Life]:
    """Every death that there is, the changes of state first."""
    visit = Life("", "", "", is_visit=True, confirmation="", is_text=False)
    told = [
        replace(visit, die_at=step, confirmation=confirmation, asks_again=asks)
        for step, confirmation, asks in product(STEPS, ("process-id", "fence"), (False, True))
    ]
    bytes_of = [(is_text, count) for is_text, most in LONGEST.items() for count in range(1, most, EVERY)]
    cut = [
        replace(visit, die_after_bytes=count, is_text=is_text, confirmation=confirmation, asks_again=asks)
        for asks, confirmation, (is_text, count) in product((True, False), ("process-id", "fence"), bytes_of)
    ]
    return told + Random(len(cut)).sample(cut, min(len(cut), max(0, CASES - len(told))))  # noqa: S311  # a choice


@dataclass
class Hall:
    """An emulated printer that outlives the kiosks at it, and where those are born."""

    printer: EmulatedPrinter
    nursery: "subprocess.Popen[str]"

    def live(self, life: Life) -> tuple[int, Mapping[str, Any], list[Mapping[str, Any]]]:
        """The signal it died of, all that it said, and its accounts of tickets."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(json.dumps(asdict(life)) + "\n")
        self.nursery.stdin.flush()
        answer = json.loads(self.nursery.stdout.readline())
        assert not any("trouble" in words for words in answer["said"]), answer
        said = {key: value for words in answer["said"] if "account" not in words for key, value in words.items()}
        return os.WTERMSIG(answer["status"]), said, [words for words in answer["said"] if "account" in words]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with (
        emulated_printer(out=tmp_path_factory.mktemp("paper")) as printer,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crash_victim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as nursery,
    ):
        yield Hall(printer, nursery)
        assert nursery.stdin is not None
        nursery.stdin.close()


def read(picture: Path) -> tuple[str, Image.Image]:
    """The QR's text, empty where none can be read, and the whole picture."""
    with Image.open(picture) as opened:
        image = opened.convert("L")
    codes = zxingcpp.read_barcodes(image)
    return (codes[0].text if codes else ""), image


def as_expected(document: Path, folder: Path) -> Image.Image:
    """What these bytes look like on paper by themselves."""
    shutil.rmtree(folder, ignore_errors=True)
    printer = SimulatedPrinter(folder, find_profile("generic-80mm"))
    printer.feed(document.read_bytes())
    (picture,) = printer.slips()
    return read(picture)[1]


@pytest.mark.parametrize("life", all_lives(), ids=lambda life: f"{life.die_at or life.die_after_bytes}-{life.is_text}")
def test_p3_p4_killed_anywhere_between_press_and_verdict(hall: Hall, tmp_path: Path, life: Life) -> None:
    """No ghost, no second unmarked slip, no verdict better than the truth, nothing by itself after the restart."""
    kiosk = tmp_path / "kiosk"
    kiosk.mkdir()
    hall.printer.tell("paper 80000")
    there = replace(life, folder=str(kiosk), device=hall.printer.url, session="visitor")
    before = len(hall.printer.slips())
    death, promised, _ = hall.live(there)
    assert death == signal.SIGKILL or "verdict" in promised
    after_death = hall.printer.slips()[before:]

    _, back, accounts = hall.live(replace(there, is_visit=False, die_at="", die_after_bytes=None))
    papers = [read(picture) for picture in hall.printer.slips()[before:]]

    assert promised.get("ticket", back["left"]) == back["left"], "whoever was promised a number finds it again"
    stored = {account["token"]: account for account in accounts}
    assert {text for text, _ in papers if text} <= stored.keys(), "no slip without a ticket"
    assert len({account["label"] for account in accounts}) == len(accounts), "no number twice"
    assert len(papers) - len(after_death) <= 2 + life.asks_again, "nothing prints by itself"

    for text, account in stored.items():
        whole: Counter[int] = Counter()
        for copy, _ in enumerate(account["slips"]):
            expected = as_expected(kiosk / f"{account['account']}-{copy}.bin", tmp_path / "expected")
            whole[copy] = sum(found == text and image == expected for found, image in papers)
        assert whole[0] <= 1, "no second unmarked slip"
        for copy, state in enumerate(account["slips"]):
            assert PrintState(state).is_final
            if state == PrintState.CONFIRMED:
                assert whole[copy] >= 1, "nothing is called printed that is not"
            if state in {PrintState.FAILED, PrintState.EXPIRED}:
                assert whole[copy] == 0, "nothing is called failed that came out"
        has_paper = set(account["slips"]) - {PrintState.FAILED, PrintState.EXPIRED}
        waiting = StopState.WAITING in account["stops"]
        assert waiting == bool(has_paper), "who certainly holds nothing does not wait, everybody else does"
