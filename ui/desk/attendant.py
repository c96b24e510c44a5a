"""The officer's side of the window: takes keys, choices and scans, asks the machine, and says what is to be shown.

Everything here runs on the UI thread; the machine's states come over as a queued signal.
"""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from kiosk.clock import Clock
from kiosk.desk.config import DeskConfig
from kiosk.desk.state import CounterMachine, DeskState
from kiosk.domain.language import Language, Text
from kiosk.sync.desk_wire import CounterState, DeskVerb, Refusal
from ui.desk.answers import Answers
from ui.desk.asked_twice import AskedTwice
from ui.desk.commands import BAR, QUESTIONS, VERBS, Command, command_of, obstacle
from ui.desk.kept_key import WAITS, KeptKey
from ui.desk.presenter import SIGN_IN_REFUSALS, Screen, present, select_screen, undo_left_s
from ui.desk.situation import OF_THE_VISITOR, Asked, Draft, Question, Shown, Situation
from ui.desk.tones import Tone
from ui.desk.view import DeskWindowView

_TICK_MS: Final = 500
_SAID_FOR_S: Final = 20.0
"""A band goes away by itself: the next visitor's is another one."""
_HELP_TOLD_FOR_S: Final = 6.0
_REASON_TOLD_FOR_S: Final = 5.0
_SIGN_OUT_WITHIN_S: Final = 4.0
"""So long the window waits for the server to hear that the officer has gone."""
_ANYWHERE: Final = frozenset({Command.LANGUAGE, Command.CONTRAST})
_AT_WORK: Final = frozenset({Screen.DESK, Screen.HALL})


class DeskAttendant(QObject):
    """`viewChanged`: the new DeskWindowView. `spoken`: a Tone, for whoever sounds it. `quitAgreed`: the officer wants
    the window closed.
    """

    viewChanged = Signal(object)
    spoken = Signal(int)
    quitAgreed = Signal()
    _stateCame = Signal(object)

    def __init__(self, machine: CounterMachine, config: DeskConfig, clock: Clock, *, is_strip: bool = False) -> None:
        super().__init__()
        self.machine = machine
        self._config = config
        self._clock = clock
        self._now = Situation(
            language=config.language, is_strip_wanted=is_strip, sign_in_counter=config.counter, desk=machine.state
        )
        self.view = DeskWindowView()
        self._view_came_at = self._said_at = self._touched_at = clock.monotonic()
        self._help_called_at: float | None = None
        self._stuck_at = 0.0
        self._quit_by: float | None = None
        self._pin = ""
        self.twice = AskedTwice(machine)
        self._answers = Answers(self)
        self._kept = KeptKey(clock.monotonic)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.pass_time)
        self._stateCame.connect(self._take)

    @property
    def now(self) -> Situation:
        return self._now

    def attend(self) -> None:
        """From now on the machine's states are shown, and time passes."""
        self.machine.watch(self._on_state)
        self._timer.start()
        self.pass_time()

    def stop(self) -> None:
        self._timer.stop()

    # What comes

    def _on_state(self, state: DeskState) -> None:
        """On the machine's own thread."""
        self._stateCame.emit(state)

    @Slot(object)
    def _take(self, state: DeskState) -> None:
        before = self._now.desk
        changes = replace(self._now, desk=state)
        if state.view is not before.view or state.offline_visit is not before.offline_visit:
            self._view_came_at = self._clock.monotonic()
            changes = replace(changes, elapsed_s=0)
        if changes.ticket != self._now.ticket:
            is_of_another = changes.asked is not None and changes.asked.question in OF_THE_VISITOR
            changes = replace(changes, ticked=frozenset(), asked=None if is_of_another else changes.asked)
        if state.person is not None:
            changes = replace(changes, new_pin_stage=False)
            self._pin = ""
        if state.person is None:
            changes = replace(changes, is_hall_open=False, asked=None)
        if before.person is None and state.person is not None:
            self.touched()
            changes = replace(changes, shown=Shown.NOTHING)
        self._now = changes
        if state.scan_count > before.scan_count:
            self._say(Shown.SCAN)
        if state.answer_count > before.answer_count and state.answer is not None:
            self._hear(state.answer.refusal)
        self._show()
        if before.busy and not state.busy:
            self._press_kept()
        if self._quit_by is not None and state.person is None and not state.busy:
            self._quit()

    def _hear(self, refusal: Refusal | None) -> None:
        """The answer to the last thing asked."""
        if refusal is None:
            self._change(shown=Shown.NOTHING)
        elif self._now.is_help_called and not self._now.is_live:
            self._show()  # told without a sound, as all that is said of help
        elif refusal is Refusal.OVERTAKES and self.twice.is_call:
            self.ask(Question.OVERTAKE)
        elif refusal is Refusal.PEOPLE_WAIT and self.twice.is_leaving:
            self.ask(Question.LEAVING)
        else:
            if refusal is Refusal.MUST_CHANGE and self._pin:
                self._now = replace(self._now, new_pin_stage=True)
            self._say(Shown.ANSWER, is_heard=refusal not in SIGN_IN_REFUSALS)

    def _say(self, shown: Shown, *, is_heard: bool = True) -> None:
        self._said_at = self._clock.monotonic()
        if shown is Shown.SCAN:
            self.keep_draft()
        asked = None if shown is Shown.SCAN else self._now.asked
        self._change(shown=shown, said_count=self._now.said_count + 1, said_age_s=0.0, asked=asked)
        if is_heard:
            self.spoken.emit(int(self.view.said.tone))

    @Slot()
    def pass_time(self) -> None:
        """What changes by itself: clocks, countdowns, bands that go, and the lock."""
        monotonic = self._clock.monotonic()
        desk = self._now.desk
        if desk.person is not None and not desk.is_locked and monotonic - self._touched_at >= self._config.idle_lock_s:
            self.machine.lock()
        if self._help_called_at is not None and monotonic - self._help_called_at > _HELP_TOLD_FOR_S:
            self._help_called_at = None
        if self._quit_by is not None and monotonic >= self._quit_by:
            self._quit()
        is_stuck = self._now.stuck is not None and monotonic - self._stuck_at <= _REASON_TOLD_FOR_S
        shown, age = self._now.shown, monotonic - self._said_at
        if age > _SAID_FOR_S and (desk.person is not None or self._now.serves_as_desk):
            shown = Shown.NOTHING
        local = self._clock.now().astimezone(desk.site.timezone) if desk.site else None
        self._change(
            elapsed_s=monotonic - self._view_came_at,
            said_age_s=age,
            shown=shown,
            is_help_called=self._help_called_at is not None,
            stuck=self._now.stuck if is_stuck else None,
            local_time="" if local is None else f"{local:%H.%M}",
        )

    # What the officer does

    @Slot()
    def touched(self) -> None:
        """A key or a button was pressed, anywhere."""
        self._touched_at = self._clock.monotonic()

    def press(self, key: int, modifiers: int) -> bool:
        """A key that no field wanted. Whether it was a command."""
        command = command_of(key, modifiers)
        if command is None or self._now.asked is not None:
            return False
        return self.do(command)

    def do(self, command: Command) -> bool:
        """Whether it was heard here; what cannot be done now says why, and does nothing."""
        if command in _ANYWHERE:
            self._look_otherwise(command)
            return True
        is_call_for_help = command is Command.ALARM and self._now.desk.person is not None
        if select_screen(self._now) not in _AT_WORK and not is_call_for_help:
            return False
        is_too_soon = command in WAITS and self._now.desk.busy
        reason = obstacle(command, self._now) if command in BAR else None
        if is_too_soon or reason is not None:
            self._stick(self._kept.keep(command, self._now) if is_too_soon else reason)
            return True
        if command in WAITS:  # a call for help meanwhile is no answer to the deed before it
            self._kept.sent(command)
        self._now = replace(self._now, stuck=None)
        if command in VERBS:
            self._act(VERBS[command])
        elif command in QUESTIONS:
            self.ask(QUESTIONS[command])
        else:
            self._do_other(command)
        return True

    def _press_kept(self) -> None:
        """The answer is there: now for the key that was pressed meanwhile."""
        command, reason = self._kept.take(self._now)
        if reason is not None:
            self._stick(reason)
        elif command is not None:
            self.do(command)

    def _stick(self, reason: Text | None) -> None:
        self._stuck_at = self._clock.monotonic()
        self._change(stuck=reason)

    def _do_other(self, command: Command) -> None:  # noqa: C901  # one case a command
        visit, view = self._now.visit, self._now.desk.view
        match command:
            case Command.PARK if visit is not None:
                self._act(DeskVerb.PARK)
            case Command.PARK if view is not None and view.parked:
                first = view.parked[0]
                self.machine.act(DeskVerb.UNPARK, ticket=first.ticket, position=first.position)
            case Command.PRIORITY if visit is not None:
                self.machine.act(DeskVerb.PRIORITY, is_priority=not visit.is_priority)
            case Command.NOTE if visit is not None:
                draft = self._now.unsaved_note
                self.ask(Question.NOTE, typed=visit.note if draft is None else draft)
            case Command.UNDO if undo_left_s(self._now):
                self._act(DeskVerb.UNDO)
            case Command.ALARM:
                self._help_called_at = self._clock.monotonic()
                self._change(is_help_called=True)
                self._act(DeskVerb.ALARM)
            case Command.HALL if self._now.is_supervisor:
                self.open_hall(is_open=not self._now.is_hall_open)
            case Command.STRIP:
                self._change(is_strip_wanted=not self._now.is_strip_wanted)
            case Command.LOCK:
                self.machine.lock()
            case Command.SIGN_OUT:
                self.machine.sign_out()

    def _act(self, verb: DeskVerb) -> None:
        self.twice.forget_call()
        self.machine.act(verb)

    def _look_otherwise(self, command: Command) -> None:
        if command is Command.CONTRAST:
            self._change(high_contrast=not self._now.high_contrast)
        else:
            is_english = self._now.language is Language.ENGLISH
            self._change(language=Language.INDONESIAN if is_english else Language.ENGLISH)

    def call(self, ticket: str, position: int) -> None:
        self.twice.call(ticket, position)

    def set_counter(self, counter: int, state: CounterState) -> None:
        self.twice.leave(lambda leaving: self.machine.set_counter(counter, state, leaving=leaving))

    @Slot(str)
    def scan(self, text: str) -> None:
        """From a scanner, a camera, or typed. Nobody is served before an officer has signed in, unless nobody can; nor
        in the name of one who is away from a locked screen.
        """
        if self._now.desk.is_locked:
            self.spoken.emit(int(Tone.MIND))
        elif text.strip() and (self._now.desk.person is not None or self._now.serves_as_desk):
            self.touched()
            self.machine.scan(text)
        elif text.strip():
            self._change(shown=Shown.TOO_EARLY)

    def sign_in(self, staff: str, pin: str, counter: str) -> None:
        self._pin = pin
        number = int(counter) if counter.isdigit() and int(counter) else None
        self._change(sign_in_staff=staff.strip().upper(), sign_in_counter=number, shown=Shown.NOTHING)
        self.machine.sign_in(self._now.sign_in_staff, pin, number)

    def choose_new_pin(self, new_pin: str) -> None:
        self._change(shown=Shown.NOTHING)
        self.machine.sign_in(self._now.sign_in_staff, self._pin, self._now.sign_in_counter, new_pin)

    def forget_sign_in(self) -> None:
        self._pin = ""
        self._change(new_pin_stage=False, shown=Shown.NOTHING)

    def unlock(self, pin: str) -> None:
        self._change(shown=Shown.NOTHING)
        self.machine.unlock(pin)
        self.touched()

    def tick_requirement(self, number: int) -> None:
        self._change(ticked=self._now.ticked ^ {number})

    def open_hall(self, *, is_open: bool) -> None:
        self.machine.look_at_hall(is_open=is_open)
        self._change(is_hall_open=is_open)

    def dismiss(self) -> None:
        """Esc: the question, else the band, else the hall's view."""
        if self._now.asked is not None:
            is_note = self._now.asked.question is Question.NOTE
            self._change(asked=None, draft=None if is_note else self._now.draft)
        elif self._now.shown is not Shown.NOTHING:
            self._change(shown=Shown.NOTHING)
        elif self._now.is_hall_open:
            self.open_hall(is_open=False)

    # Questions

    def ask(self, question: Question, about: str = "", typed: str = "", ticked: frozenset[str] = frozenset()) -> None:
        self._change(asked=Asked(question, about, typed, ticked=ticked))

    def change_asked(self, asked: Asked | None) -> None:
        self._change(asked=asked)

    def keep_draft(self) -> None:
        """A note that is half typed, or that may be refused: it comes back with its question, for the same visitor."""
        asked = self._now.asked
        if asked is not None and asked.question is Question.NOTE:
            self._now = replace(self._now, draft=Draft(self._now.ticket, asked.typed))

    def answer(self, key: str, typed: str) -> None:
        """`key`: of the choice taken, empty where the button confirms."""
        if self._now.asked is not None:
            self._answers.take(self._now.asked, key, typed)

    def agree_to_quit(self) -> None:
        """Once the server knows that this counter calls nobody any more, or does not answer."""
        self._quit_by = self._clock.monotonic() + _SIGN_OUT_WITHIN_S
        self.machine.sign_out()

    def _quit(self) -> None:
        self._quit_by = None
        self.quitAgreed.emit()

    # Showing

    def _change(self, **changes: object) -> None:
        self._now = replace(self._now, **changes)  # type: ignore[arg-type]  # mypy does not know replace's keywords
        self._show()

    def _show(self) -> None:
        view = present(self._now)
        if view != self.view:
            self.view = view
            self.viewChanged.emit(view)
