"""What `giliran verify` says of a database, to a person or to a script."""

import json
from dataclasses import dataclass
from typing import Any

import click

from kiosk.domain.verdict import Broken, Verified


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`events`: replayed. `before`, `after`: a hash of the tables; where nothing was wrong they are one."""

    events: int
    before: str
    after: str

    @property
    def has_changed(self) -> bool:
        return self.before != self.after


def report(result: Verified | Broken, rebuilt: Rebuilt | None, *, as_json: bool) -> int:
    """The exit code: 0 good, 1 broken."""
    is_good = isinstance(result, Verified)
    if as_json:
        click.echo(json.dumps({"ok": is_good, **_facts(result), **_rebuilt_facts(rebuilt)}))
        return 0 if is_good else 1
    if rebuilt is not None:
        change = "they have changed" if rebuilt.has_changed else "nothing has changed"
        click.echo(f"Rebuilt the tables from {_counted(rebuilt.events, 'event')}: {change}.")
    if isinstance(result, Broken):
        click.echo(f"Broken: {result}")
        return 1
    parked = f" {result.parked} events are parked: this version cannot use them." if result.parked else ""
    starts = f"{_counted(result.events, 'event')} in {_counted(result.incarnations, 'start')}"
    click.echo(f"Good: {starts}, and their {_counted(result.tickets, 'ticket')}.{parked}")
    for origin, total in result.origins.items():
        click.echo(f"origin {origin}  {total}")
    if result.courses is not None:
        click.echo(f"what became of them      {result.courses}")
    click.echo(f"all of them              {result.hash}")
    return 0


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _facts(result: Verified | Broken) -> dict[str, Any]:
    if isinstance(result, Broken):
        return {
            "what": result.what,
            "origin": result.origin,
            "incarnation": result.incarnation,
            "sequence": result.sequence,
        }
    return {
        "incarnations": result.incarnations,
        "events": result.events,
        "tickets": result.tickets,
        "parked": result.parked,
        "origins": dict(result.origins),
        "hash": result.hash,
        **({} if result.courses is None else {"courses": result.courses}),
    }


def _rebuilt_facts(rebuilt: Rebuilt | None) -> dict[str, Any]:
    return {} if rebuilt is None else {"rebuilt_events": rebuilt.events, "changed": rebuilt.has_changed}
