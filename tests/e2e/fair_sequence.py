"""The day on which the servers are judged: two kiosks share one fair sequence; their site server dies, and comes back.

To look at:

    python -m tests.e2e.fair_sequence [--database URL]

Without a URL it starts a PostgreSQL of its own. Every program is the real one; the kiosks are without their screens.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from bench.postgresql import running_cluster
from server.settings import Role, ServerSettings, Upstream
from tests.published_hall import HALL
from tests.real_processes import KioskProcess, Said, ServerProcess, open_hall_file, said_json, verified

SERVICE: Final = "dukcapil.ktp-hilang"
"""Of queue D."""
_SETTLES_WITHIN_S: Final = 60.0

Tell = Callable[[str], object]


@dataclass(frozen=True)
class Outcome:
    """Labels in the order in which they were said, over both kiosks in turn. `alone_s`: what the first visitor of each
    kiosk waited after the server was killed. `back_s`: from the server's return until both share again.
    """

    together: Sequence[str]
    alone: Sequence[str]
    alone_s: Sequence[float]
    together_again: Sequence[str]
    back_s: float
    hashes: Sequence[str]
    """Of the site's tickets, at the site server and at central."""


@dataclass(frozen=True)
class Machines:
    central: ServerProcess
    site: ServerProcess
    kiosks: Sequence[KioskProcess]


@contextmanager
def machines(folder: Path, database: str, tell: Tell) -> Iterator[Machines]:
    """Running, and let in by codes."""
    with ExitStack() as stack:
        central = stack.enter_context(ServerProcess(ServerSettings(Role.CENTRAL, folder / "central", database)))
        tell(f"giliran server --role central --database {database} listens on {central.url}")
        settings = ServerSettings(Role.SITE, folder / "site", None, open_hall_file(folder), Upstream(central.url))
        said_json(
            "enrol", central.invited(central.url, "--kind", "site", "--site", HALL), "--data", str(folder / "site")
        )
        site = stack.enter_context(ServerProcess(settings))
        site.listen = site.url.removeprefix("http://")  # where its kiosks will look for it again
        tell(f"giliran server --role site --upstream {central.url} listens on {site.url}")
        kiosks = [stack.enter_context(KioskProcess(folder / f"kiosk-{letter}")) for letter in "AB"]
        for kiosk in kiosks:
            enrolled = said_json("enrol", site.invited(site.url, "--site", HALL), "--config", str(kiosk.config))
            kiosk.start()
            tell(f"kiosk {enrolled['letter']} is enrolled at {enrolled['site']}: {enrolled['words']}")
        yield Machines(central, site, kiosks)


def judge(folder: Path, database: str, tell: Tell = lambda _: None) -> Outcome:
    with machines(folder, database, tell) as hall:
        one, two = hall.kiosks
        wait_until_shared(hall)
        together = [said(kiosk).label for kiosk in (one, two) * 4]
        tell(f"one fair sequence over both: {' '.join(together)}")
        hall.site.kill()
        first = [said(kiosk) for kiosk in (one, two)]
        waits = ", ".join(f"{1000 * each.waited_s:.0f} ms" for each in first)
        tell(f"the site server is killed; the next visitors: {first[0].label} and {first[1].label} after {waits}")
        alone = [*(each.label for each in first), *(said(kiosk).label for kiosk in (one, two) * 2)]
        tell(f"and on, each in its own series: {' '.join(alone)}")
        hall.site.start()
        began = time.monotonic()
        wait_until_shared(hall)
        back_s = time.monotonic() - began
        again = [said(kiosk).label for kiosk in (one, two) * 3]
        tell(f"it is back; {back_s:.1f} s later both share again: {' '.join(again)}")
        hashes = settle(hall)
        tell(f"all is merged: {hashes[0]} at the site, {hashes[1]} at central")
        return Outcome(together, alone, [each.waited_s for each in first], again, back_s, hashes)


def said(kiosk: KioskProcess) -> Said:
    ticket = kiosk.issue(SERVICE)
    assert ticket is not None, kiosk.errors.read_text()
    return ticket


def wait_until_shared(hall: Machines) -> None:
    for kiosk in hall.kiosks:
        kiosk.wait_until(lambda told: not told["numbers_trouble"], _SETTLES_WITHIN_S)


def settle(hall: Machines) -> Sequence[str]:
    """Everything has reached central, and every node makes the same of it. Returns one hash of both kiosks' tickets, at
    the site and at central.
    """
    for kiosk in hall.kiosks:
        kiosk.wait_until_settled(_SETTLES_WITHIN_S)
        kiosk.close()
    totals = dict(total for kiosk in hall.kiosks for total in verified(kiosk.data)["origins"].items())

    def at(server: ServerProcess) -> dict[str, str]:
        return {origin: total for origin, total in server.verified()["origins"].items() if origin in totals}

    assert at(hall.site) == totals
    return [" ".join(sorted(at(server).values())) for server in (hall.site, hall.central)]


@click.command()
@click.option("--database", metavar="URL", help="An empty PostgreSQL database for the central server.")
def main(database: str | None) -> None:
    """Two kiosks, their site server and the central one, on this machine."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="giliran-day-")))
        url = database or stack.enter_context(running_cluster()).create("central")
        outcome = judge(folder, url, click.echo)
        click.echo(f"Done. Without its server a kiosk answered in {1000 * max(outcome.alone_s):.0f} ms at most.")


if __name__ == "__main__":
    main()
