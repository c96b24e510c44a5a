"""Printers as they change: a live table for who sits before it, a line a change for who keeps them in a file."""

import json
import sys
import threading
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from printing.inspecting.chosen import Chosen
from printing.inspecting.screen import Inspected, Line, inspect, lines
from printing.inspecting.words import facts, sentence
from printing.status import is_usable

if TYPE_CHECKING:
    from printing.status import PrinterStatus

_POLL_S: Final = 1.0
_CHANGES_SHOWN: Final = 12
_COLUMNS: Final = ("paper", "near end", "cover", "cutter", "print head", "online", "slips left")


def watch_printers(printers: Sequence[Chosen], *, as_json: bool) -> int:
    """Ask every printer once a second, until Ctrl-C. Returns the exit code."""
    try:
        if sys.stdout.isatty() and not as_json:
            _show_live(printers)
        else:
            _tell_changes(printers, as_json=as_json)
    except KeyboardInterrupt:
        pass
    return 0


def _tell_changes(printers: Sequence[Chosen], *, as_json: bool) -> None:
    seen: dict[str, PrinterStatus] = {}
    while True:
        for chosen in printers:
            status = chosen.printer.status()
            if seen.get(chosen.device) == status:
                continue
            seen[chosen.device] = status
            at = datetime.now().astimezone()
            if as_json:
                told = {"at": at.isoformat(timespec="seconds"), "device": chosen.device, **facts(status)}
                click.echo(json.dumps(told))
            else:
                name = f"{chosen.device} " if len(printers) > 1 else ""
                click.echo(f"{at:%H:%M:%S} {name}{sentence(status)}")
        threading.Event().wait(_POLL_S)


def _show_live(printers: Sequence[Chosen]) -> None:
    changes: deque[Text] = deque(maxlen=_CHANGES_SHOWN)
    seen: dict[str, PrinterStatus] = {}
    with Live(console=Console(), auto_refresh=False) as live:
        while True:
            inspected = [inspect(chosen, with_identity=False) for chosen in printers]
            for one in inspected:
                if seen.get(one.device) != one.status:
                    seen[one.device] = one.status
                    changes.append(_change(one))
            live.update(_view(inspected, changes), refresh=True)
            threading.Event().wait(_POLL_S)


def _view(inspected: Sequence[Inspected], changes: Sequence[Text]) -> RenderableType:
    """The printers as they are, and below how they came to be so."""
    return Group(_table(inspected), Text(), *changes, Text("Ctrl-C ends this.", style="dim"))


def _table(inspected: Sequence[Inspected]) -> Table:
    """A column a printer: many parts, and never more than two printers."""
    table = Table(show_header=True, header_style="bold", title=None)
    table.add_column("")
    for one in inspected:
        table.add_column(Text(f"{one.role} {one.device}".strip()))
    table.add_row("now", *(_sentence(one) for one in inspected))
    known = [{line.name: line for line in lines(one)} for one in inspected]
    for name in _COLUMNS:
        if any(name in of_one for of_one in known):
            table.add_row(name, *(_cell(of_one.get(name)) for of_one in known))
    return table


def _cell(line: Line | None) -> Text:
    return Text() if line is None else Text(line.words, style="bold red" if line.is_bad else "")


def _sentence(one: Inspected) -> Text:
    return Text(sentence(one.status), style="bold green" if is_usable(one.status) else "bold red")


def _change(one: Inspected) -> Text:
    at = datetime.now().astimezone()
    return Text.assemble((f"{at:%H:%M:%S} ", "dim"), f"{one.device} ", _sentence(one))
