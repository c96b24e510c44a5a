"""From what a printer said, and what was seen on its slip, to the profile it is driven by. Pure.

What was probed wins over what the model table says, and that over the usual. A printer that was caught differing from
the table is not the model that it calls itself: then the table is believed in nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kiosk.version import VERSION
from printing.known_profile import carries_pictures, is_slow_line, slug
from printing.probing.dialogue import Sight
from printing.probing.models import Model, find_model
from printing.probing.questions import Answers, Voice
from printing.probing.slip_trial import Trial
from printing.profile import Confirmation, Cutter, Profile, RasterCommand, Renderer, Source, find_profile

_WIDEST_ON_58_MM: Final = 448
_WIDEST_ON_80_MM: Final = 640
_LONGER_FEED_DOTS: Final = 200
"""Where the usual feed left the symbol under the knife."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`sources` says of each value where it comes from. `notes`: sentences for the technician. `is_usable`: tickets
    can be printed with it as it is.
    """

    profile: Profile
    sources: Mapping[str, Source]
    notes: tuple[str, ...]
    is_usable: bool


def conclude(  # noqa: PLR0913, PLR0917  # everything that is known
    device: str,
    answers: Answers,
    sight: Sight | None,
    trial: Trial | None,
    raster: RasterCommand,
    probed_at: datetime,
) -> Conclusion:
    """`sight` and `trial` None: no slip was printed. `raster`: how its pictures were sent."""
    return _Reasoning(device, answers, sight, trial).conclusion(raster, probed_at)


class _Reasoning:
    def __init__(self, device: str, answers: Answers, sight: Sight | None, trial: Trial | None) -> None:
        self._device = device
        self._answers = answers
        self._sight = sight
        self._trial = trial
        self._values: dict[str, Any] = {}
        self._sources: dict[str, Source] = {}
        self._notes: list[str] = []

    def conclusion(self, raster: RasterCommand, probed_at: datetime) -> Conclusion:
        model = self._believed_model()
        dots = self._dots(model)
        self._usual(dots, model)
        if model is not None:
            self._from_table(model)
        if self._sight is not None:
            self._from_sight(self._sight, raster)
        self._from_answers()
        identity = self._answers.identity
        profile = Profile(
            name=f"probed-{slug(identity or self._device)}".lower(),
            description=f"{identity or 'a printer that says no name'}, {dots} dots on {self._values['paper_mm']} mm",
            provenance=f"probed on {probed_at:%Y-%m-%d} at {self._device} by Giliran {VERSION}; see sources",
            **self._values,
        )
        is_usable = self._sight is None or self._sight.is_symbol_read or profile.renderer is not self._renderer()
        return Conclusion(profile, self._sources, tuple(self._notes), is_usable)

    def _set(self, source: Source, **values: Any) -> None:
        self._values.update(values)
        self._sources.update(dict.fromkeys(values, source))

    def _believed_model(self) -> Model | None:
        """The model that it calls itself, unless the slip shows another."""
        model = find_model(self._answers.identity)
        if model is None or self._sight is None:
            return model
        seen = self._sight
        lies = []
        if model.dots is not None and model.dots != seen.dots:
            lies.append(f"has a head of {model.dots} dots, and the slip shows {seen.dots}")
        if model.code_pages and seen.page is None:
            lies.append("has code pages of which the slip shows none")
        elif seen.page is not None and model.code_pages.get(seen.page.codec, seen.page.number) != seen.page.number:
            lies.append(f"has {seen.page.codec} elsewhere than the slip shows")
        if model.cutter not in {None, Cutter.NONE} and seen.cutter is Cutter.NONE:
            lies.append("has a cutter, and the slip was not cut")
        if not lies:
            return model
        self._notes.append(
            f"It calls itself {self._answers.identity}, which {' and '.join(lies)}: what was seen is believed, and"
            " nothing else that is said of that model."
        )
        return None

    def _dots(self, model: Model | None) -> int:
        if self._sight is not None:
            return self._sight.dots
        return model.dots if model is not None and model.dots is not None else find_profile("generic-80mm").dots

    def _usual(self, dots: int, model: Model | None) -> None:
        paper = 58 if dots <= _WIDEST_ON_58_MM else 80 if dots <= _WIDEST_ON_80_MM else 112
        if model is not None and model.paper_mm is not None:
            paper = model.paper_mm
        usual = find_profile("generic-80mm")
        self._set(
            Source.CLASS,
            dots=dots,
            columns=dots // 12,
            paper_mm=paper,
            is_compact=paper <= 58,
            code_page=usual.code_page,
            code_page_number=usual.code_page_number,
            cutter=usual.cutter,
            raster=usual.raster,
            renderer=self._renderer(),
            feed_dots=usual.feed_dots,
            clears_buffer=False,
            buffer_bytes=0,
        )

    def _renderer(self) -> Renderer:
        return Renderer.TEXT if is_slow_line(self._device) else Renderer.RASTER

    def _from_table(self, model: Model) -> None:
        stated = {
            name: value
            for name in ("paper_mm", "dots", "columns", "cutter", "feed_dots", "buffer_bytes")
            if (value := getattr(model, name)) is not None
        }
        self._set(Source.MODEL_TABLE, **stated)
        if model.clears_buffer is not None and self._proves_process_id:
            # A slip is called lost on the strength of this: only of a printer whose word was proven.
            self._set(Source.MODEL_TABLE, clears_buffer=model.clears_buffer)
        best = next((codec for codec in ("cp858", "cp1252", "cp850", "cp437") if codec in model.code_pages), None)
        if best is not None:
            self._set(Source.MODEL_TABLE, code_page=best, code_page_number=model.code_pages[best])

    def _from_sight(self, sight: Sight, raster: RasterCommand) -> None:
        self._set(Source.PROBED, dots=sight.dots, raster=raster)
        if self._values["columns"] * 12 > sight.dots:
            self._set(Source.CLASS, columns=sight.dots // 12)
        if sight.page is not None:
            self._set(Source.PROBED, code_page=sight.page.codec, code_page_number=sight.page.number)
        else:
            self._notes.append("No line of letters was right: accents may come out wrong where it prints by itself.")
        if sight.cutter is not None:
            self._set(Source.PROBED, cutter=sight.cutter)
        else:
            self._set(Source.CLASS, feed_dots=_LONGER_FEED_DOTS)
            self._notes.append(
                "It cut through the symbol: slips are now fed further. Print a test page and look again."
            )
        if sight.cutter is not None and not sight.is_symbol_read:
            self._unread_symbol()

    def _unread_symbol(self) -> None:
        if not carries_pictures(self._device):
            self._notes.append(
                "No phone reads the symbol that it enlarges by itself, and this line is too slow for pictures: set"
                " printer and address to 38400 baud or more, and probe again."
            )
        elif self._renderer() is Renderer.TEXT:
            self._set(Source.PROBED, renderer=Renderer.RASTER)
            self._notes.append(
                "No phone reads the symbol that it enlarges by itself: slips go as pictures, which are slow here."
            )
        else:
            self._notes.append("No phone reads its symbols: clean the head, set it to print darker, and probe again.")

    def _from_answers(self) -> None:
        answers = self._answers
        self._set(Source.PROBED, identity=answers.identity, pushes_status=answers.pushes_reports)
        self._set(Source.PROBED, confirmation=self._confirmation())

    def _confirmation(self) -> Confirmation:
        answers, trial = self._answers, self._trial
        if answers.voice is not Voice.PRINTER:
            return Confirmation.NONE
        if trial is None:
            self._notes.append("No slip was printed: that its answers wait for its paper has not been seen.")
            return Confirmation.FENCE if answers.has_fence else Confirmation.STATUS
        if self._proves_process_id:
            return Confirmation.PROCESS_ID
        if self._is_true(trial.fence_s):
            return Confirmation.FENCE
        early = [answered for answered in (trial.process_id_s, trial.fence_s) if answered is not None]
        if early:
            self._notes.append(
                f"It called {trial.paper_mm:.0f} mm of paper done after {min(early):.2f} s, sooner than paper can move:"
                " its word for a slip is not taken."
            )
        return Confirmation.STATUS

    @property
    def _proves_process_id(self) -> bool:
        return self._trial is not None and self._is_true(self._trial.process_id_s)

    def _is_true(self, answered_s: float | None) -> bool:
        """The simulated printer is the one that needs no time."""
        is_simulated = self._device.startswith("sim:") and answered_s is not None
        return is_simulated or (self._trial is not None and self._trial.is_true(answered_s))
