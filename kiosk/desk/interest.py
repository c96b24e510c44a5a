"""Which changes in the hall are worth a new look from one desk. Pure."""

from collections.abc import Mapping
from typing import Any

from kiosk.desk.live import RESET, Heard
from kiosk.sync.desk_wire import DeskView, Role

_OF_NO_DESK = frozenset({"device"})


def concerns(heard: Heard, view: DeskView | None, *, whole_hall: bool) -> bool:
    """`view`: what the desk shows now. `whole_hall`: its supervisor looks at all of it."""
    if heard.name in _OF_NO_DESK:
        return False
    if view is None:
        return heard.name == RESET
    if whole_hall or view.counter is None:
        return True
    if heard.name not in ("ticket", "queue", "call"):
        return view.role is not Role.OFFICER or heard.facts.get("counter") in (None, view.counter.counter)
    return _is_mine(heard.facts, view, frozenset(view.counter.queues))


def _is_mine(facts: Mapping[str, Any], view: DeskView, queues: frozenset[str]) -> bool:
    stops = facts.get("stops")
    codes = {facts.get("queue_code"), facts.get("queue")}
    codes |= {stop.get("queue_code") for stop in stops if isinstance(stop, dict)} if isinstance(stops, list) else set()
    is_visitors = view.visit is not None and facts.get("ticket") == view.visit.ticket
    return is_visitors or bool(codes & queues)
