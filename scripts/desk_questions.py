"""What the officer's window asks, and why a key does nothing: scenes of the desk's part of `make screens`."""

from typing import Final

from kiosk.desk.state import Link
from kiosk.domain.scan import ScanVerdict
from kiosk.sync.desk_wire import CounterState, Leaving, Refusal
from scripts.desk_stage import Scene, Stage
from ui.desk.commands import Command
from ui.desk.situation import Question

PLAIN_VERDICTS: Final = frozenset(ScanVerdict) - {
    ScanVerdict.WRONG_COUNTER,
    ScanVerdict.FORGED,
    ScanVerdict.OTHER_DAY,
    ScanVerdict.COMPLETED,
    ScanVerdict.STARTED,
    ScanVerdict.STARTED_OFFLINE,
}
"""The others have scenes of their own, with facts."""


def idle(stage: Stage) -> None:
    stage.work()
    stage.pass_time(11)


def hall(stage: Stage) -> None:
    stage.machine.alarms = (17,)
    stage.work("S-002")
    stage.do(Command.HALL)


def _asks(command: Command) -> Scene:
    def scene(stage: Stage) -> None:
        stage.serve()
        stage.do(command)

    return scene


def _asks_of(question: Question, about: str = "", typed: str = "") -> Scene:
    def scene(stage: Stage) -> None:
        hall(stage)
        stage.desk.attendant.ask(question, about, typed, ticked=frozenset({"D", "DK"}))

    return scene


def _says(verdict: ScanVerdict) -> Scene:
    def scene(stage: Stage) -> None:
        idle(stage)
        stage.say(verdict)

    return scene


def _overtakes(stage: Stage) -> None:
    idle(stage)
    stage.desk.attendant.call(stage.machine.waiting[3].ticket, 1)


def _leaving(stage: Stage) -> None:
    idle(stage)
    stage.desk.attendant.set_counter(9, CounterState.CLOSED)


def _dismiss(stage: Stage) -> None:
    _leaving(stage)
    stage.desk.attendant.answer(Leaving.DISMISS, "")


def _paused(stage: Stage) -> None:
    idle(stage)
    stage.desk.attendant.set_counter(9, CounterState.PAUSED)


def _personal(stage: Stage) -> None:
    stage.serve()
    stage.machine.refuse(Refusal.PERSONAL)


def _stuck(stage: Stage) -> None:
    """A key that means nothing now."""
    idle(stage)
    stage.do(Command.COMPLETE)


def _stuck_cut_off(stage: Stage) -> None:
    idle(stage)
    stage.machine.change(link=Link.CUT_OFF)
    stage.do(Command.CALL_NEXT)


def _undo(stage: Stage) -> None:
    stage.serve()
    stage.do(Command.COMPLETE)
    stage.pass_time(3)


def _alarm(stage: Stage) -> None:
    stage.serve()
    stage.do(Command.ALARM)


def _unlock(stage: Stage) -> None:
    hall(stage)
    view = stage.machine.hall
    if view is None:
        raise RuntimeError("the hall's view is not open")
    stage.machine.change(hall=view.model_copy(update={"locked_staff": ("P-014", "P-022")}))
    stage.desk.attendant.ask(Question.UNLOCK)


def _help(stage: Stage) -> None:
    stage.work()
    stage.desk.attendant.ask(Question.HELP)


QUESTION_SCENES: Final[dict[str, Scene]] = {
    "counter": _asks(Command.COUNTER),
    "switch": _asks(Command.SWITCH),
    "other-counter": _asks_of(Question.OTHER_COUNTER),
    "transfer": _asks(Command.TRANSFER),
    "add": _asks(Command.ADD),
    "note": _asks(Command.NOTE),
    "find": _asks(Command.FIND),
    "overtakes": _overtakes,
    "leaving": _leaving,
    "dismiss": _dismiss,
    "paused": _paused,
    "personal": _personal,
    "stuck": _stuck,
    "stuck-cut-off": _stuck_cut_off,
    "undo": _undo,
    "alarm": _alarm,
    "quit": _asks_of(Question.QUIT),
    "help": _help,
    "hall": hall,
    "hall-counter": _asks_of(Question.HALL_COUNTER, "17"),
    "hall-queue": _asks_of(Question.HALL_QUEUE, "D"),
    "set-queues": _asks_of(Question.SET_QUEUES, "17"),
    "void": _asks_of(Question.VOID, typed="D-004"),
    "void-reason": _asks_of(Question.VOID_REASON, "D-004"),
    "unlock": _unlock,
    "release": _asks_of(Question.RELEASE, "17"),
    **{f"says-{verdict.replace('_', '-')}": _says(verdict) for verdict in sorted(PLAIN_VERDICTS)},
}
