"""The end of a day with counters: whoever waits is called, served and sent home. Who cannot be was forgotten."""

from typing import Final

from kiosk.domain.stop_life import CLOSED
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import CounterState, DeskVerb
from tests.simulator.actions import sync
from tests.simulator.desk_actions import act, sit_down
from tests.simulator.desk_machine import DeskStation
from tests.simulator.kiosk_machine import HALL
from tests.simulator.world import World

_MOST_DEEDS: Final = 2000


class ForgottenError(AssertionError):
    """Somebody waits, and no counter can serve him."""


def serve_everybody(world: World) -> None:
    """All machines are on, and all lines good. Raises ForgottenError."""
    world.tell("whoever waits is served")
    for desk in world.desks:
        _come_back(world, desk)
    for _ in range(_MOST_DEEDS):
        did_something = [_serve_one(world, desk) for desk in world.desks]
        if not any(did_something):
            break
    else:
        raise ForgottenError("the counters never come to an end")
    left = world.site.disk.connection.execute(
        "SELECT ticket_id, position, state, active_counter FROM stops WHERE site_id = ? AND service_day ="
        " (SELECT max(service_day) FROM service_days WHERE site_id = stops.site_id) ORDER BY 1, 2",
        (HALL.id,),
    ).fetchall()
    for ticket_id, position, state, counter in left:
        if StopState(state) not in CLOSED:
            raise ForgottenError(f"stop {position} of {ticket_id} stays {state} (at {counter}), and nobody can call it")


def _come_back(world: World, desk: DeskStation) -> None:
    """Whom it served by itself it finishes, and then the server's word counts again. Raises ForgottenError."""
    for _ in range(3):
        if desk.state.offline_visit is not None and desk.is_alone:
            act(world, desk, DeskVerb.COMPLETE)
        sync(world, desk, batches=200)
        desk.look(world.tell)
        sit_down(desk)
        view = desk.state.view
        if desk.is_live and view is not None and view.counter is not None and view.counter.state is CounterState.OPEN:
            return
    raise ForgottenError(f"{desk.name} does not come back to its server: {desk.state.link}, {desk.state.answer}")


def _serve_one(world: World, desk: DeskStation) -> bool:
    """One deed; whether there was anything to do."""
    desk.look(world.tell)
    view = desk.state.view
    assert view is not None
    visit = view.visit
    if visit is not None:
        stop = next(one for one in visit.stops if one.position == visit.position)
        return act(world, desk, DeskVerb.START if stop.state is StopState.CALLED else DeskVerb.COMPLETE)
    aside = next(iter((*view.parked, *view.missed)), None)
    if aside is not None and act(world, desk, DeskVerb.UNPARK, ticket=aside.ticket, position=aside.position):
        return True
    return any(not row.is_blocked for row in view.line) and act(world, desk, DeskVerb.CALL_NEXT)
