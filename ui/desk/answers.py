"""What each answer to a question of the window asks of the machine."""

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.sync.desk_wire import CounterState, DeskVerb, Leaving, SuperviseVerb, VoidReason
from ui.desk import dialogs
from ui.desk.situation import Asked, Question

if TYPE_CHECKING:
    from ui.desk.attendant import DeskAttendant


class Answers:
    """Takes the answer to the question that is open, and closes it unless another one follows."""

    def __init__(self, attendant: "DeskAttendant") -> None:
        self._attendant = attendant

    def take(self, asked: Asked, key: str, typed: str) -> None:
        attendant = self._attendant
        if asked.question is Question.SET_QUEUES and key:
            attendant.change_asked(replace(asked, ticked=asked.ticked ^ {key}))
            return
        attendant.keep_draft()
        attendant.change_asked(None)
        if asked.question in _OF_THE_HALL:
            self._supervise(asked, key, typed)
        else:
            self._serve(asked, key, typed)

    def _serve(self, asked: Asked, key: str, typed: str) -> None:  # noqa: C901, PLR0912  # one case a question
        attendant, machine = self._attendant, self._attendant.machine
        match asked.question:
            case Question.COUNTER:
                self._counter(key)
            case Question.SWITCH if key == dialogs.OTHER:
                attendant.ask(Question.OTHER_COUNTER)
            case Question.SWITCH | Question.OTHER_COUNTER:
                if (number := key or typed).isdigit() and int(number):
                    attendant.set_counter(int(number), CounterState.OPEN)
            case Question.LEAVING if key == Leaving.DISMISS:
                attendant.ask(Question.DISMISS)
            case Question.LEAVING:
                attendant.twice.leave_them(Leaving(key))
            case Question.DISMISS if key == Leaving.DISMISS:
                attendant.twice.leave_them(Leaving.DISMISS)
            case Question.TRANSFER if key:
                machine.act(DeskVerb.TRANSFER, service=key, comes_back=asked.is_toggled)
            case Question.ADD if key:
                machine.act(DeskVerb.ADD, service=key)
            case Question.NOTE:
                machine.act(DeskVerb.NOTE, note=" ".join(typed.split()))
            case Question.FIND if key in {"", dialogs.HERE}:
                attendant.scan(typed.strip())
            case Question.FIND:
                ticket, _, position = key.partition(":")
                attendant.call(ticket, int(position))
            case Question.OVERTAKE:
                attendant.twice.confirm_call()
            case Question.QUIT:
                attendant.agree_to_quit()

    def _counter(self, key: str) -> None:
        attendant = self._attendant
        counter = attendant.now.desk.counter
        if key == dialogs.SIGN_OUT:
            attendant.machine.sign_out()
        elif key == dialogs.SWITCH or counter is None:
            attendant.ask(Question.SWITCH)
        else:
            attendant.set_counter(counter, _COUNTER_STATES[key])

    def _supervise(self, asked: Asked, key: str, typed: str) -> None:
        attendant, machine = self._attendant, self._attendant.machine
        match asked.question:
            case Question.HALL_COUNTER:
                self._hall_counter(asked, key)
            case Question.HALL_QUEUE:
                verb = SuperviseVerb.OPEN_QUEUE if key == dialogs.OPEN else SuperviseVerb.CLOSE_QUEUE
                attendant.twice.leave(lambda leaving: machine.supervise(verb, queue=asked.about, leaving=leaving))
            case Question.SET_QUEUES:
                self._set_queues(int(asked.about), tuple(sorted(asked.ticked)))
            case Question.VOID:
                if label := typed.strip().upper():
                    attendant.ask(Question.VOID_REASON, about=label)
            case Question.VOID_REASON:
                machine.supervise(SuperviseVerb.VOID, label=asked.about, reason=VoidReason(key))
            case Question.UNLOCK if key:
                machine.supervise(SuperviseVerb.UNLOCK, staff=key)
            case Question.RELEASE:
                machine.supervise(SuperviseVerb.RELEASE, counter=int(asked.about))

    def _set_queues(self, counter: int, queues: tuple[str, ...]) -> None:
        machine, verb = self._attendant.machine, SuperviseVerb.SET_QUEUES
        self._attendant.twice.leave(
            lambda leaving: machine.supervise(verb, counter=counter, queues=queues, leaving=leaving)
        )

    def _hall_counter(self, asked: Asked, key: str) -> None:
        attendant, machine = self._attendant, self._attendant.machine
        number = int(asked.about)
        match key:
            case dialogs.ANSWER_ALARM:
                machine.supervise(SuperviseVerb.ANSWER_ALARM, counter=number)
            case dialogs.SET_QUEUES:
                counter = dialogs.counter_in_hall(asked, attendant.now)
                ticked = frozenset(counter.queues if counter else ())
                attendant.ask(Question.SET_QUEUES, about=asked.about, ticked=ticked)
            case dialogs.RELEASE:
                attendant.ask(Question.RELEASE, about=asked.about)
            case dialogs.CLOSE:
                close = SuperviseVerb.CLOSE_COUNTER
                attendant.twice.leave(lambda leaving: machine.supervise(close, counter=number, leaving=leaving))


_OF_THE_HALL = frozenset(
    {
        Question.HALL_COUNTER,
        Question.HALL_QUEUE,
        Question.SET_QUEUES,
        Question.VOID,
        Question.VOID_REASON,
        Question.UNLOCK,
        Question.RELEASE,
    }
)
_COUNTER_STATES = {
    dialogs.OPEN: CounterState.OPEN,
    dialogs.PAUSE: CounterState.PAUSED,
    dialogs.CLOSE: CounterState.CLOSED,
}
