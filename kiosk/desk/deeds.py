"""What an officer does, one thing after the other: asked of the server, or done from the paper while it is away."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kiosk.desk.client import DeskClient, twice
from kiosk.desk.face import DeskFace
from kiosk.desk.offline import OfflineCounter
from kiosk.desk.paper import is_genuine
from kiosk.desk.return_to_server import Return
from kiosk.desk.room import Room
from kiosk.desk.scanned import Label, Nothing, Reason, Token, read_scan
from kiosk.desk.signing_in import ask_to_sign_in
from kiosk.desk.state import Link, Person
from kiosk.desk.verifier import Verifier
from kiosk.domain.scan import ScanVerdict
from kiosk.errors import OfflineError, ServerBusyError, SyncError, UnauthorisedError
from kiosk.sync import desk_wire as wire
from kiosk.sync.client import SyncClient

T = TypeVar("T")

NO_ANSWER = (OfflineError, ServerBusyError)
_LACKS_SOMETHING = OfflineError("The server does not take what was done at this counter while it was away.")


class Deeds:
    """Belongs to one event loop. One deed at a time, beside it one `look`. `monotonic`: seconds that never jump."""

    def __init__(
        self,
        face: DeskFace,
        room: Room,
        for_deeds: SyncClient,
        for_looks: SyncClient,
        monotonic: Callable[[], float],
    ) -> None:
        self._face = face
        self._room = room
        self._server = DeskClient(for_deeds)
        self._eyes = DeskClient(for_looks)
        self._monotonic = monotonic
        self._offline = OfflineCounter(room)
        self._session: str | None = None
        self._verifier: Verifier | None = None
        self._answers = 0
        self._sees_hall = False
        self._looking = asyncio.Lock()
        self._return = Return(monotonic, room, face.stir)

    async def begin(self) -> None:
        """After a start: what this desk was about when it ended."""
        await self._offline.begin()
        self._face.show(counter=self._offline.counter, offline_visit=self._offline.visit)

    # Who sits here.

    async def sign_in(self, staff: str, pin: str, counter: int | None, new_pin: str | None) -> None:
        try:
            answer = await twice(lambda: ask_to_sign_in(self._server, self._room, (staff, pin, new_pin), counter))
        except NO_ANSWER as error:
            await self._lose(error)
            await self._sign_in_alone(staff, pin)
            return
        signed_in = answer.signed_in
        if signed_in is None:
            self._tell(wire.Answer(refusal=answer.refusal or wire.Refusal.WRONG_PIN, wait_s=answer.wait_s))
            return
        self._session = signed_in.session
        self._verifier = await asyncio.to_thread(Verifier, staff, new_pin or pin, self._monotonic)
        self._face.show(
            person=Person(signed_in.staff, signed_in.role),
            counter=signed_in.counter or self._face.state.counter,
            is_locked=False,
            serving_as_desk=False,
        )
        self._tell(wire.Answer())
        await self.look()

    async def sign_out(self) -> None:
        session = self._session
        self._forget_officer()
        if session is not None:
            try:
                await twice(lambda: self._server.sign_out(wire.SignOut(session=session)))
            except NO_ANSWER as error:  # the session ends by itself
                await self._lose(error)

    async def lock(self) -> None:
        if self._face.state.person is not None:
            self._face.show(is_locked=True)

    async def unlock(self, pin: str) -> None:
        """By this desk alone: the session goes on, and with it whoever is being served."""
        verifier = self._verifier
        if verifier is None or verifier.is_worn_out:
            await self.sign_out()
            self._tell(wire.Answer(refusal=wire.Refusal.SIGNED_OUT))
            return
        answer = await asyncio.to_thread(verifier.check, pin)
        if answer.refusal is None:
            self._face.show(is_locked=False)
        self._tell(answer)

    # What is done.

    async def scan(self, text: str, action: str) -> None:
        await self._find_out()
        known = await self._room.known(self._offline.memory.day)
        scanned = read_scan(text, lambda token: known is not None and is_genuine(token, known))
        if isinstance(scanned, Nothing):
            if scanned.reason is not Reason.EMPTY:
                self._tell_scan(wire.ScanAnswer(verdict=ScanVerdict.UNREADABLE))
            return
        if await self._goes_alone():
            await self._scan_alone(scanned, action)
            return
        session = self._session
        if session is None:
            self._tell(wire.Answer(refusal=wire.Refusal.SIGNED_OUT))
            return
        message = wire.Scan(session=session, action=action, text=scanned.text)
        try:
            answer = await twice(lambda: self._server.scan(message))
        except NO_ANSWER as error:
            await self._lose(error)
            await self._scan_alone(scanned, action)
            return
        self._answers += 1
        if answer.view is None:
            await self.look()  # says whether the session is over
        else:
            await self._see(answer.view)
        self._tell_scan(answer)

    async def act(self, verb: wire.DeskVerb, facts: Mapping[str, Any]) -> None:
        action = str(facts["action"])
        await self._find_out()
        if await self._goes_alone():
            await self._act_alone(verb, action)
            return
        view = self._face.state.view
        undoes = view.undo.action if verb is wire.DeskVerb.UNDO and view is not None and view.undo is not None else None
        try:
            await self._ask(
                lambda session: self._server.act(
                    wire.Act.model_validate({**facts, "session": session, "verb": verb, "undoes": undoes})
                )
            )
        except NO_ANSWER as error:
            await self._lose(error)
            await self._act_alone(verb, action)

    async def set_counter(self, facts: Mapping[str, Any]) -> None:
        await self._ask_or_lose(
            lambda session: self._server.set_counter(wire.SetCounter.model_validate({**facts, "session": session}))
        )

    async def look_at_hall(self, *, is_open: bool) -> None:
        self._sees_hall = is_open
        if is_open:
            self._face.stir()
        else:
            self._face.show(hall=None)

    async def supervise(self, facts: Mapping[str, Any]) -> None:
        async def ask(session: str) -> wire.Answer:
            message = wire.Supervise.model_validate({**facts, "session": session})
            return self._of_hall(await self._server.supervise(message))

        await self._ask_or_lose(ask)

    def fail(self, trouble: str) -> None:
        """A deed came to nothing, for a reason that no answer says."""
        self._face.show(trouble=trouble)
        self._face.stir()
        self._tell(wire.Answer(refusal=wire.Refusal.NOT_POSSIBLE, view=self._face.state.view))

    # How things stand.

    async def look(self) -> bool:
        """Asks the server. False where it must be asked again soon: it did not answer, or lacks what was done here."""
        async with self._looking:
            return await self._look()

    async def _look(self) -> bool:
        unsent = await self._room.unsent()
        known = await self._room.known(self._offline.memory.day)
        self._face.show(unsent=unsent, can_judge=known is not None and known.trust is not None)
        answers = self._answers
        session = self._session
        try:
            if session is None:
                await self._eyes.seal_key()
                is_back = await self._reached(unsent)
                if is_back and self._session is None and self._face.state.person is not None:
                    self._forget_officer()  # signed in while nobody could be asked
                    self._tell(wire.Answer(refusal=wire.Refusal.SIGNED_OUT))
                return unsent == 0
            answer = await self._eyes.view(wire.View(session=session))
            hall = await self._eyes.hall(wire.View(session=session)) if self._sees_hall else None
        except SyncError as error:
            await self._lose(error)
            return False
        if session != self._session or answers != self._answers:
            self._face.stir()  # something was done meanwhile: what was seen may be older than that
            return True
        if not await self._reached(unsent):
            return False
        if answer.refusal is wire.Refusal.SIGNED_OUT:
            self._forget_officer()
            self._tell(answer)
            return True
        if answer.view is not None:
            await self._see(answer.view)
            await self._hand_over(answer.view, unsent)
        if hall is not None and hall.hall is not None and self._sees_hall:
            self._face.show(hall=hall.hall)
        return unsent == 0

    @property
    def _is_alone(self) -> bool:
        """Also after the line is back, until the server has taken up whoever is served here."""
        return self._face.state.link is Link.CUT_OFF or self._offline.visit is not None

    async def _goes_alone(self) -> bool:
        """Whether the next deed is done without the server. Where that lacks what was done, it would judge wrong."""
        if self._is_alone:
            return True
        if not await self._return.may_ask():
            await self._lose(_LACKS_SOMETHING)
        return self._is_alone

    async def _find_out(self) -> None:
        """Just started: whether anybody answers. Raises UnauthorisedError where the server has shut this desk out."""
        if self._face.state.link is Link.STARTING:
            await self.look()
        if self._face.state.link is Link.SHUT_OUT:
            raise UnauthorisedError(self._face.state.trouble)

    async def _sign_in_alone(self, staff: str, pin: str) -> None:
        """Nobody can ask the server. Who was signed in here may come back."""
        verifier = self._verifier
        if verifier is None or verifier.staff != staff:
            self._tell(wire.Answer(refusal=wire.Refusal.NOT_POSSIBLE))
            return
        answer = await asyncio.to_thread(verifier.check, pin)
        if answer.refusal is None:
            self._face.show(person=Person(staff, wire.Role.OFFICER), is_locked=False, serving_as_desk=False)
        self._tell(answer)

    async def _scan_alone(self, scanned: Token | Label, action: str) -> None:
        answer = await self._offline.scan(scanned, action, self._officer, self._face.state.view)
        self._answers += 1
        self._tell_scan(answer, offline_visit=self._offline.visit, unsent=await self._room.unsent())

    async def _act_alone(self, verb: wire.DeskVerb, action: str) -> None:
        refusal = await self._offline.act(verb, action, self._officer)
        self._answers += 1
        view = self._face.state.view
        if view is not None and self._offline.visit is None:  # the last that the server told is no longer true
            view = view.model_copy(update={"visit": None})
        self._face.show(offline_visit=self._offline.visit, unsent=await self._room.unsent(), view=view)
        self._tell(wire.Answer(refusal=refusal, view=view))

    async def _ask(self, call: "Callable[[str], Any]") -> None:
        session = self._session
        if session is None:
            self._tell(wire.Answer(refusal=wire.Refusal.SIGNED_OUT))
            return
        answer: wire.Answer = await twice(lambda: call(session))
        self._answers += 1
        if answer.refusal is wire.Refusal.SIGNED_OUT:
            self._forget_officer()
        elif answer.view is not None:
            await self._see(answer.view)
        self._tell(answer)

    async def _ask_or_lose(self, call: "Callable[[str], Any]") -> None:
        try:
            if not await self._return.may_ask():
                raise _LACKS_SOMETHING
            await self._ask(call)
        except NO_ANSWER as error:
            await self._lose(error)
            self._tell(wire.Answer(refusal=wire.Refusal.NOT_POSSIBLE, view=self._face.state.view))

    def _of_hall(self, answer: wire.HallAnswer) -> wire.Answer:
        if answer.hall is not None:
            self._face.show(hall=answer.hall if self._sees_hall else None)
        view = None if answer.hall is None else answer.hall.view
        return wire.Answer(refusal=answer.refusal, waiting=answer.waiting, view=view)

    async def _see(self, view: wire.DeskView) -> None:
        self._room.clock.hear(view.server_time)
        await self._offline.hear(view)
        counter = view.counter.counter if view.counter is not None else self._face.state.counter
        self._face.show(view=view, counter=counter)

    async def _hand_over(self, view: wire.DeskView, unsent: int) -> None:
        """`unsent`: before the view was asked for."""
        if self._offline.visit is None or unsent or not self._offline.is_taken_up(view):
            return
        if await self._room.unsent() == 0:
            await self._offline.hand_over()
            self._face.show(offline_visit=None)

    async def _reached(self, unsent: int) -> bool:
        """False: it answers, and its word does not count yet."""
        if await self._return.waits_for(unsent):
            return False
        self._face.show(link=Link.LIVE, trouble="", serving_as_desk=False)
        return True

    async def _lose(self, error: SyncError) -> None:
        """No answer, or none to this desk."""
        self._return.forget()
        was_shut_out = self._face.state.link is Link.SHUT_OUT
        is_out = isinstance(error, UnauthorisedError) or was_shut_out  # a cut line lets nobody in again
        if self._face.state.link not in (Link.CUT_OFF, Link.SHUT_OUT):
            await self._offline.take_over(self._face.state.view)
        self._face.show(
            link=Link.SHUT_OUT if is_out else Link.CUT_OFF,
            trouble=self._face.state.trouble if was_shut_out else str(error),
            offline_visit=self._offline.visit,
            serving_as_desk=self._face.state.person is None,
        )
        self._face.stir()

    def _forget_officer(self) -> None:
        self._session = None
        self._sees_hall = False
        is_cut = self._face.state.link is Link.CUT_OFF
        self._face.show(person=None, is_locked=False, view=None, hall=None, serving_as_desk=is_cut)

    @property
    def _officer(self) -> str | None:
        person = self._face.state.person
        return None if person is None else person.staff

    def _tell(self, answer: wire.Answer) -> None:
        self._face.show(answer=answer, answer_count=self._face.state.answer_count + 1)

    def _tell_scan(self, answer: wire.ScanAnswer, **changes: Any) -> None:
        self._face.show(scan=answer, scan_count=self._face.state.scan_count + 1, **changes)
