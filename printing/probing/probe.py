"""`giliran printer probe`, from the address to the profile."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import click

from kiosk.errors import PrintError
from kiosk.progress import progress_bar
from printing.inspecting.words import sentence
from printing.known_profile import renderer_for
from printing.paper_length import paper_length_mm
from printing.probing.calibration_slip import CalibrationSlip
from printing.probing.conclusions import Conclusion, conclude
from printing.probing.dialogue import Foretold, NoWidth, Sight, ask_end, ask_page, ask_width
from printing.probing.profile_file import write_profile
from printing.probing.questions import Answers, Voice, ask_everything
from printing.probing.report import as_document, in_words
from printing.probing.slip_trial import Trial, print_slip
from printing.profile import RasterCommand, find_profile
from printing.status import NeedsAttention, Ready
from printing.transports.devices import open_device
from printing.transports.transport import Transport

_T = TypeVar("_T")
_OPEN_S: Final = 3.0
_WRITE_S: Final = 10.0
_SLOWEST_MM_PER_S: Final = 18.0


@dataclass(frozen=True, slots=True)
class Request:
    """`file`: where the profile goes. `hint`: what is to be done for the kiosk to take it. `foretold`: what will be
    seen on the slip; None: a person is asked. `is_write_only`: a person has said that it is a printer which cannot
    answer.
    """

    device: str
    file: Path
    hint: str = ""
    foretold: Foretold | None = None
    wants_slip: bool = True
    is_write_only: bool = False
    as_json: bool = False


def is_anybody_there() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty()


def run_probe(request: Request) -> int:
    """Returns the exit code: 0 good, 1 the printer needs a person. Raises PrintError, ProfileError."""
    try:
        return _Probe(request).run()
    except (click.Abort, KeyboardInterrupt):
        # Nothing is written before the last answer.
        raise PrintError("\nStopped: no profile was written.") from None


class _Probe:
    def __init__(self, request: Request) -> None:
        self._request = request
        self._is_asking = request.foretold is None and not request.as_json and is_anybody_there()
        # The simulated printer is as wide as it is told; it is a usual one.
        self._transport = open_device(request.device, find_profile("generic-80mm"))

    def run(self) -> int:
        answers = self._asked()
        self._say(in_words(self._request.device, answers))
        self._refuse_strangers(answers)
        sight, trial, raster = None, None, RasterCommand.GS_V_0
        if self._request.wants_slip and (self._is_asking or self._request.foretold is not None):
            self._refuse_stopped(answers)
            sight, trial, raster = self._look(answers)
        conclusion = conclude(self._request.device, answers, sight, trial, raster, datetime.now(UTC))
        write_profile(self._request.file, conclusion, answers)
        self._tell(conclusion, answers, trial)
        return 0 if conclusion.is_usable and not isinstance(answers.status, NeedsAttention) else 1

    def _asked(self) -> Answers:
        return self._on_line(lambda line: ask_everything(line) if line.can_read else Answers(Voice.SILENT))

    def _refuse_strangers(self, answers: Answers) -> None:
        """Not one byte more goes to what is not known as a printer."""
        device = self._request.device
        if answers.voice is Voice.STRANGER:
            raise PrintError(
                f"What answers at {device} is no receipt printer, or speaks at another speed: it was sent nothing more."
            )
        if answers.voice is Voice.PRINTER or self._request.is_write_only:
            return
        advice = f"Nothing answers at {device}: {_why_silent(device)}."
        if not self._is_asking:
            raise PrintError(f"{advice} If it is a receipt printer that cannot answer, say --write-only.")
        click.echo(advice)
        if not click.confirm("Is it surely a receipt printer, one that cannot answer?"):
            raise PrintError("Nothing was printed. Mend that, and probe it again.")

    def _refuse_stopped(self, answers: Answers) -> None:
        if isinstance(answers.status, NeedsAttention):
            raise PrintError(f"It is {sentence(answers.status)}. Then probe it again.")

    def _look(self, answers: Answers) -> tuple[Sight, Trial, RasterCommand]:
        """Print, and ask what came out; with the other kind of pictures if it does not know the first."""
        foretold = self._request.foretold
        raster = foretold.raster if foretold is not None else RasterCommand.GS_V_0
        trial = self._printed(raster, answers)
        width = foretold.width if foretold is not None else ask_width()
        if width is NoWidth.RUBBISH and self._is_asking:
            raster = RasterCommand.ESC_STAR
            trial = self._printed(raster, answers)
            width = ask_width()
        if width is NoWidth.RUBBISH:
            raise PrintError(_rubbish(self._request.device, is_last=self._is_asking))
        if width is NoWidth.NOTHING:
            raise PrintError(
                "It took the slip and nothing came out: look whether its paper lies with the coated side to the head,"
                " and whether it is this printer at all."
            )
        if foretold is not None:
            return foretold.sight, trial, raster
        page = ask_page()
        return Sight(width, page, *ask_end()), trial, raster

    def _printed(self, raster: RasterCommand, answers: Answers) -> Trial:
        device = self._request.device
        document = CalibrationSlip(device, raster, renderer_for(device)).document()
        paper_mm = paper_length_mm(document, find_profile("generic-80mm"))
        self._say(f"It prints the calibration slip, {paper_mm / 10:.0f} cm of paper.")

        def send(line: Transport) -> Trial:
            on_line_s = len(document) / line.bytes_per_s if line.bytes_per_s else 0.0
            write_s = _WRITE_S + paper_mm / _SLOWEST_MM_PER_S + 1.5 * on_line_s
            with progress_bar("Calibration slip") as tell:
                return print_slip(line, document, paper_mm, answers, write_s=write_s, tell=tell)

        trial = self._on_line(send)
        if isinstance(trial.status, NeedsAttention):
            raise PrintError(f"In the middle of the slip it has {sentence(trial.status)}. Then probe it again.")
        if answers.voice is Voice.PRINTER and not isinstance(trial.status, Ready):
            raise PrintError(
                "In the middle of the slip it fell silent: look at its power and its cable. Then probe it again."
            )
        return trial

    def _on_line(self, conversation: Callable[[Transport], _T]) -> _T:
        """One connection for each conversation: the printer may be switched off in between."""
        try:
            self._transport.open(_OPEN_S)
            return conversation(self._transport)
        finally:
            self._transport.close()

    def _say(self, words: str) -> None:
        if not self._request.as_json:
            click.echo(words)

    def _tell(self, conclusion: Conclusion, answers: Answers, trial: Trial | None) -> None:
        document, words = as_document(self._request.device, self._request.file, conclusion, answers, trial)
        if self._request.as_json:
            click.echo(document)
        else:
            click.echo("\n".join(filter(None, (words, self._request.hint))))


def _why_silent(device: str) -> str:
    """What to look at first; a network printer that another host holds is as silent as one that cannot answer."""
    if device.startswith("tcp:"):
        return "perhaps another program or kiosk holds its port, which serves one at a time; else switch it off and on"
    parts = "its cable, its speed and its switches" if device.startswith("serial:") else "its cable and its switches"
    return f"look at {parts}"


def _rubbish(device: str, *, is_last: bool) -> str:
    if is_last:
        return (
            "It prints no pictures in either way that receipt printers know, so no symbol: it is of no use for tickets."
        )
    return f"It does not know pictures sent as GS v 0: probe {device} again with pictures=columns among the --answers."
