"""P5, P6, P9: the power fails at any moment while visitors are served. Real processes on a disk that loses all that was
not flushed. The witnesses are outside: what the kiosk said, and what it knew its server had.

`GILIRAN_CUTS` says how often, `GILIRAN_SEED` when.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from pysqlite3 import dbapi2

from kiosk.store.verify import Verified, verify
from kiosk.sync.status import SyncState
from server.settings import Role, ServerSettings
from tests.bad_network import Frozen, Proxy, refuse
from tests.loop_disk import LoopDisk, loop_disk
from tests.published_hall import HALL
from tests.real_processes import KioskProcess, ServerProcess, assert_no_traceback, open_hall_file, said_json, verified

SERVICE: Final = "dukcapil.ktp-hilang"
MOST_VISITORS: Final = 60
STANDSTILL_S: Final = 60.0
RECKLESS_TRIES: Final = 3


class Machines:
    """A kiosk and its site server on one disk. `acknowledged`: incarnation -> the last event that the server has said
    it holds.
    """

    def __init__(self, disk: LoopDisk, kiosk: KioskProcess, server: ServerProcess, line: Proxy) -> None:
        self.disk, self.kiosk, self.server = disk, kiosk, server
        self._line = line
        self.acknowledged: dict[str, int] = {}
        self._has_served = threading.Event()

    def start(self) -> None:
        self.kiosk.launch()
        self.server.start()
        self._line.behaviour = Frozen(self.server.url)
        self.kiosk.wait_until_ready()

    def serve_and_cut(self, visitors: int, moment_s: float) -> None:
        """That moment after so many visitors, in the middle of whatever they do; both go on for a while on a disk that
        is gone.
        """
        self._has_served.clear()
        serving = threading.Thread(target=self._serve, args=(visitors,))
        serving.start()
        assert self._has_served.wait(STANDSTILL_S)
        threading.Event().wait(moment_s)
        self.disk.cut()
        serving.join()
        self.kiosk.kill()
        self.server.kill()
        self.disk.unmount()
        self.disk.mount()

    def _serve(self, visitors: int) -> None:
        served = 0
        try:
            while self.kiosk.issue(SERVICE):
                self.acknowledged = self.kiosk.state().get("at_site", self.acknowledged)
                served += 1
                if served == visitors:
                    self._has_served.set()
        finally:
            self._has_served.set()

    def check(self) -> None:
        """Before anybody starts: what the disk has kept."""
        for file in (self.kiosk.data / "kiosk.db", self.server.folder / "server.db"):
            assert integrity(file) == "ok"
        assert isinstance(verify(self.kiosk.data / "kiosk.db"), Verified)
        assert not missing(self.kiosk), "a number that was shown is forgotten"
        held = heads_at(self.server.folder / "server.db")
        lost = {name: last for name, last in self.acknowledged.items() if held.get(name, 0) < last}
        assert not lost, "an event that was acknowledged is forgotten"
        verified(self.server.folder)


def integrity(file: Path) -> str:
    with closing(dbapi2.connect(str(file))) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def missing(kiosk: KioskProcess) -> Mapping[str, str]:
    """Ticket -> label of what was said and is not in the kiosk's own tables."""
    with closing(dbapi2.connect(str(kiosk.data / "kiosk.db"))) as connection:
        known = dict(connection.execute("SELECT id, label FROM tickets"))
    return {each.ticket: each.label for each in kiosk.said if known.get(each.ticket) != each.label}


def heads_at(file: Path) -> Mapping[str, int]:
    with closing(dbapi2.connect(str(file))) as connection:
        return dict(connection.execute("SELECT incarnation, max(sequence) FROM events GROUP BY incarnation"))


def test_p5_p9_whenever_the_power_fails_nothing_that_was_said_is_lost(tmp_path: Path) -> None:
    """One long day: after every cut the same kiosk and server go on from what the disk has kept."""
    seed, cuts = int(os.environ.get("GILIRAN_SEED", "1")), int(os.environ.get("GILIRAN_CUTS", "10"))
    chance = random.Random(seed)  # noqa: S311  # cuts that can be repeated
    with ExitStack() as stack:
        disk = stack.enter_context(loop_disk(tmp_path / "disk"))
        line = stack.enter_context(Proxy(refuse))
        settings = ServerSettings(Role.SITE, disk.folder / "site", None, open_hall_file(tmp_path))
        server = stack.enter_context(ServerProcess(settings, aside=tmp_path))
        line.behaviour = Frozen(server.url)
        kiosk = stack.enter_context(
            KioskProcess(disk.folder / "kiosk", aside=tmp_path, pragmas=["wal_autocheckpoint = 20"])
        )
        said_json("enrol", server.invited(line.url, "--site", HALL), "--config", str(kiosk.config))
        kiosk.start()  # it takes the file of its hall home
        kiosk.close()
        server.stop()
        machines = Machines(disk, kiosk, server, line)
        try:
            for _ in range(cuts):
                machines.start()
                machines.serve_and_cut(chance.randint(1, MOST_VISITORS), chance.uniform(0.0, 0.05))
                machines.check()
            machines.start()
            kiosk.wait_until(
                lambda told: (
                    told["state"] == SyncState.ONLINE and not told["printing"] and told["at_site"] == told["written"]
                )
            )
            kiosk.close()
            server.stop()
            assert max(Counter((each.day, each.label) for each in kiosk.said).values()) == 1, "no number twice"
            (own,) = verified(kiosk.data)["origins"].items()
            at_server = verified(server.folder)
            assert own in at_server["origins"].items()
            assert at_server["parked"] == 0
            assert_no_traceback(kiosk, server)
        except BaseException as trouble:
            trouble.add_note(f"GILIRAN_SEED={seed} GILIRAN_CUTS={cuts}")
            raise


def test_this_disk_does_lose_what_is_not_flushed(tmp_path: Path) -> None:
    """The test above could fail: a kiosk that does not wait for its disk forgets numbers that it has shown."""
    with loop_disk(tmp_path / "disk") as disk:
        for number in range(RECKLESS_TRIES):
            with KioskProcess(disk.folder / f"kiosk-{number}", aside=tmp_path, pragmas=["synchronous = OFF"]) as kiosk:
                kiosk.config.write_text(f'site = "{open_hall_file(tmp_path)}"\n{kiosk.config.read_text()}')
                kiosk.start()
                for _ in range(20):
                    assert kiosk.issue(SERVICE)
                disk.cut()
                kiosk.kill()
            disk.unmount()
            disk.mount()
            if missing(kiosk):
                return
    raise AssertionError("nothing was ever lost: this disk does not do what a power cut does")
