"""The officer's window and its strip in every state, as pictures: the desk's part of `make screens`."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from kiosk.clock import FakeClock
from kiosk.desk.config import DeskConfig
from kiosk.desk.state import Link
from kiosk.domain.language import Language
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import DeskVerb, Place, Refusal
from scripts.desk_questions import QUESTION_SCENES, idle
from scripts.desk_stage import MORNING, Scene, Stage
from tests.scripted_counter import GIVEN_PIN, ScriptedCounter
from ui.desk.app import DeskApplication
from ui.desk.commands import Command
from ui.driver import VisitorDriver


def _wrong_pin(stage: Stage) -> None:
    stage.desk.attendant.sign_in("P-014", "000000", "9")


def _too_early(stage: Stage) -> None:
    stage.desk.attendant.scan("D-004")


def _wait(stage: Stage) -> None:
    stage.machine.refuse(Refusal.WAIT, wait_s=40)


def _new_pin(stage: Stage) -> None:
    stage.desk.attendant.sign_in("P-014", GIVEN_PIN, "9")


def _locked(stage: Stage) -> None:
    stage.serve()
    stage.machine.lock()


def _called(stage: Stage) -> None:
    stage.machine.parked = [stage.machine.row(31)]
    stage.machine.missed = [stage.machine.row(22), stage.machine.row(27)]
    stage.machine.waiting[2] = stage.machine.waiting[2].model_copy(update={"is_priority": True})
    stage.machine.waiting[3] = stage.machine.waiting[3].model_copy(update={"is_blocked": True})
    stage.work()
    stage.do(Command.CALL_NEXT)


def _started(stage: Stage) -> None:
    stage.work()
    stage.machine.scan("D-001")


def _serving(stage: Stage) -> None:
    stage.serve()
    stage.machine.act(DeskVerb.NOTE, note="tinggal pengambilan foto")
    stage.pass_time(192)
    stage.desk.attendant.tick_requirement(0)


def _full(stage: Stage) -> None:
    """The longest names, a note, a conflict."""
    services = sorted(stage.machine.catalogue.services.values(), key=lambda each: -len(each.name.id))
    stage.serve()
    visit = stage.machine.visit
    if visit is None:
        raise RuntimeError("nobody is at the counter")
    stop = visit.stops[0].model_copy(update={"service_id": services[0].id, "waited_s": 2000})
    more = tuple(
        visit.stops[1].model_copy(update={"position": place, "service_id": service.id, "state": state, "after": after})
        for place, (service, state, after) in enumerate(
            zip(
                services[1:4], (StopState.COMPLETED, StopState.PENDING, StopState.NO_SHOW), ((), (1,), ()), strict=True
            ),
            2,
        )
    )
    stage.machine.visit = visit.model_copy(
        update={"stops": (stop, *more), "label": "DK-999K", "is_priority": True, "conflict": True, "language": "en",
                "note": "Berkas asli sudah diperiksa, tinggal foto dan tanda tangan di loket dua puluh satu"}
    )  # fmt: skip
    stage.machine.tell()


def _empty(stage: Stage) -> None:
    stage.machine.waiting.clear()
    idle(stage)


def _wrong_counter(stage: Stage) -> None:
    idle(stage)
    where = Place(counter=21, floor=2, zone="2A")
    stage.say(ScanVerdict.WRONG_COUNTER, "NK-012", queue="NK", where=(where, where), waiting=4)


def _forged(stage: Stage) -> None:
    idle(stage)
    stage.say(ScanVerdict.FORGED, "")


def _yesterday(stage: Stage) -> None:
    idle(stage)
    stage.say(ScanVerdict.OTHER_DAY, day=date(2026, 11, 20))


def _done(stage: Stage) -> None:
    idle(stage)
    stage.say(ScanVerdict.COMPLETED, counter=11, by="P-022", at=MORNING)


def _cut_off(stage: Stage) -> None:
    idle(stage)
    stage.machine.change(link=Link.CUT_OFF, unsent=3)


def _offline(stage: Stage) -> None:
    _cut_off(stage)
    stage.machine.scan("D-045")


def _nothing(stage: Stage) -> None:
    stage.settle()


def _not_enrolled(stage: Stage) -> None:
    stage.machine.change(link=Link.NOT_ENROLLED)


SCENES: dict[str, Scene] = {
    "not-enrolled": _not_enrolled,
    "sign-in": _nothing,
    "wrong-pin": _wrong_pin,
    "too-early": _too_early,
    "wait": _wait,
    "new-pin": _new_pin,
    "locked": _locked,
    "idle": idle,
    "empty": _empty,
    "called": _called,
    "started": _started,
    "serving": _serving,
    "longest": _full,
    "wrong-counter": _wrong_counter,
    "forged": _forged,
    "other-day": _yesterday,
    "completed": _done,
    "cut-off": _cut_off,
    "offline": _offline,
    **QUESTION_SCENES,
}
STRIP_SCENES = {
    name: SCENES[name]
    for name in (
        "idle",
        "called",
        "started",
        "serving",
        "wrong-counter",
        "offline",
        "undo",
        "stuck-cut-off",
        "says-counter-busy",
    )
}


def render_desk(folder: Path, language: Language, *, has_contrast: bool, only: str = "") -> int:
    """Returns how many pictures were written to `folder`."""
    count = 0
    for name, scene, strip in _all_scenes():
        if only in name:
            _render(folder / f"{count + 1:02d}-{name}.png", scene, language, has_contrast=has_contrast, strip=strip)
        count += 1
    return count


def _all_scenes() -> Iterator[tuple[str, Scene, bool]]:
    for name, scene in SCENES.items():
        yield name, scene, False
    for name, scene in STRIP_SCENES.items():
        yield f"strip-{name}", scene, True


def _render(path: Path, scene: Scene, language: Language, *, has_contrast: bool, strip: bool) -> None:
    clock = FakeClock(MORNING)
    machine = ScriptedCounter(clock)
    config = DeskConfig(counter=9, language=language, sound=False)
    desk = DeskApplication(config, machine, clock, strip=strip)
    try:
        desk.show()
        stage = Stage(machine, clock, desk, VisitorDriver(desk.window))
        if has_contrast:
            desk.attendant.do(Command.CONTRAST)
        scene(stage)
        stage.settle()
        size = (1366, 80) if desk.attendant.view.is_strip else (1366, 768)
        desk.window.resize(*size)
        desk.window.requestActivate()
        stage.settle()
        stage.driver.save(path)
    finally:
        desk.close()
    for warning in desk.qml_warnings:
        print(f"{path.name}: {warning}", file=sys.stderr)
