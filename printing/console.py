"""What a technician asks a printer from the command line. Words for people, or one JSON document for scripts.

Each function returns the exit code: 0 good, 1 the printer needs a person.
"""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import click

from kiosk.domain.print_job import PrintState
from printing.inspecting.chosen import Choice, Chosen, PrinterTakenError
from printing.inspecting.screen import document, inspect, paper_facts, show, show_paper
from printing.inspecting.words import facts, outcome
from printing.status import PrintVerdict, is_usable
from printing.test_page import PAGES, usual_pages


def show_status(choice: Choice, *, as_json: bool) -> int:
    """A screen a printer. Beside a kiosk that runs: only what it wrote down of the paper."""
    try:
        with choice.taken() as printers:
            seen = [inspect(chosen) for chosen in printers]
    except PrinterTakenError as error:
        return _show_paper(choice, str(error), as_json=as_json)
    if as_json:
        _tell_documents(choice, [dict(document(one)) for one in seen])
    else:
        click.echo("\n\n".join(map(show, seen)))
    return 0 if all(is_usable(one.status) for one in seen) else 1


def _show_paper(choice: Choice, problem: str, *, as_json: bool) -> int:
    books = choice.books()
    if as_json:
        printers = [
            {"device": device, "role": role, "status": "not_asked", **paper_facts(book)} for device, role, book in books
        ]
        click.echo(json.dumps({"problem": problem, "printers": printers}, indent=2))
    else:
        click.echo("\n\n".join((problem, *(show_paper(*book) for book in books))))
    return 1


def print_test_page(choice: Choice, *, as_json: bool, pages: Sequence[str] = ()) -> int:
    """A page and a sample slip, each drawn by us and in the printer's own letters; or some of `pages` only. Without
    them a slow line gets those in letters: what is drawn takes minutes there, and is given up.
    """
    with choice.taken() as printers:
        slips = {chosen.device: _printed(chosen, pages or usual_pages(chosen.profile)) for chosen in printers}
    if as_json:
        _tell_documents(
            choice, [{"device": device, "slips": _slip_facts(verdicts)} for device, verdicts in slips.items()]
        )
    else:
        for device, verdicts in slips.items():
            head = f"{device} " if len(slips) > 1 else ""
            click.echo("\n".join(f"{head}{name}: {outcome(verdict)}" for name, verdict in verdicts.items()))
    good = {PrintState.CONFIRMED, PrintState.UNVERIFIED}
    return 0 if all(verdict.state in good for verdicts in slips.values() for verdict in verdicts.values()) else 1


def _printed(chosen: Chosen, pages: Sequence[str]) -> dict[str, PrintVerdict]:
    """Up to the page after which the printer takes no more."""
    verdicts: dict[str, PrintVerdict] = {}
    for job, page in enumerate(pages, start=1):
        verdicts[page] = chosen.printer.print(partial(PAGES[page], chosen.device), job)
        if not is_usable(verdicts[page].status):
            break
    return verdicts


def _slip_facts(verdicts: dict[str, PrintVerdict]) -> dict[str, Any]:
    return {
        name: {
            "state": verdict.state.value,
            "detail": verdict.detail,
            "paper_mm": round(verdict.paper_mm, 1),
            "printer": facts(verdict.status),
        }
        for name, verdict in verdicts.items()
    }


def watch(choice: Choice, *, as_json: bool) -> int:
    """Until Ctrl-C."""
    from printing.inspecting.watching import watch_printers  # noqa: PLC0415  # rich, which the others do without

    with choice.taken() as printers:
        return watch_printers(printers, as_json=as_json)


def _tell_documents(choice: Choice, documents: list[dict[str, Any]]) -> None:
    """One printer that was named is a document of its own; those of settings are a list, be it of one."""
    told = documents[0] if choice.device is not None else {"printers": documents}
    click.echo(json.dumps(told, indent=2))
