"""What is asked of the machine once, and once more with the officer's word on those whom it concerns."""

from collections.abc import Callable

from kiosk.desk.state import CounterMachine
from kiosk.sync.desk_wire import DeskVerb, Leaving

Ask = Callable[[Leaving | None], None]


class AskedTwice:
    def __init__(self, machine: CounterMachine) -> None:
        self._machine = machine
        self._call: Callable[[], None] | None = None
        self._leave: Ask | None = None

    @property
    def is_call(self) -> bool:
        """Whether there is a call to confirm."""
        return self._call is not None

    @property
    def is_leaving(self) -> bool:
        return self._leave is not None

    def call(self, ticket: str, position: int) -> None:
        """This one, out of turn if need be: then the machine says whom it overtakes, and is asked again."""
        self._call = lambda: self._machine.act(DeskVerb.CALL, ticket=ticket, position=position, confirmed=True)
        self._machine.act(DeskVerb.CALL, ticket=ticket, position=position)

    def confirm_call(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call()

    def forget_call(self) -> None:
        self._call = None

    def leave(self, ask: Ask) -> None:
        """`ask`: with what happens to those who wait, None: nothing was said of them yet."""
        self._leave = ask
        ask(None)

    def leave_them(self, leaving: Leaving) -> None:
        leave, self._leave = self._leave, None
        if leave is not None:
            leave(leaving)
