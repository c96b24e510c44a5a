"""P1 and P2: the power goes between the press and the paper. No number comes twice, nothing prints by itself, and a
number that nobody took leaves its queue.
"""

from pathlib import Path

import pytest

from kiosk.domain.print_job import PrintState
from kiosk.store.print_jobs import ABANDONED_AFTER
from tests.real_processes import KioskProcess, assert_no_traceback, open_hall_file, verified, wait_until

SERVICE = "dukcapil.ktp-hilang"
PATIENCE_S = 60.0


@pytest.fixture
def kiosk(tmp_path: Path) -> KioskProcess:
    kiosk = KioskProcess(tmp_path / "kiosk")
    hall = open_hall_file(tmp_path / "hall")
    kiosk.config.write_text(f'site = "{hall}"\n' + kiosk.config.read_text())
    return kiosk


def slips(kiosk: KioskProcess) -> int:
    return len([*(kiosk.folder / "slips").glob("*.png")])


def wait_for_verdicts(kiosk: KioskProcess, *states: PrintState) -> None:
    wait_until(lambda: kiosk.hall()["jobs"] == [*states], PATIENCE_S, lambda: str(kiosk.hall()))


def test_p1_killed_before_the_commit_there_is_neither_ticket_nor_slip_and_no_number_twice(kiosk: KioskProcess) -> None:
    with kiosk:
        kiosk.start()
        first = kiosk.issue(SERVICE)
        assert first is not None
        wait_for_verdicts(kiosk, PrintState.CONFIRMED)
        kiosk.kill()
        kiosk.start("issue.before_commit")
        assert kiosk.issue(SERVICE) is None
        wait_until(lambda: not kiosk.is_running, PATIENCE_S, lambda: "it lives")
        kiosk.start()
        told = kiosk.hall()
        assert (told["labels"], told["jobs"]) == ([first.label], [PrintState.CONFIRMED])
        assert told["last"] == [first.ticket, PrintState.CONFIRMED]
        second = kiosk.issue(SERVICE)
        assert second is not None
        assert second.label != first.label
        wait_for_verdicts(kiosk, PrintState.CONFIRMED, PrintState.CONFIRMED)
        assert slips(kiosk) == 2
        kiosk.close()
        verified(kiosk.data)
        assert_no_traceback(kiosk)


def test_p2_killed_after_the_commit_the_ticket_is_offered_again_then_abandoned(kiosk: KioskProcess) -> None:
    with kiosk:
        kiosk.start("issue.after_commit")
        assert kiosk.issue(SERVICE) is None
        wait_until(lambda: not kiosk.is_running, PATIENCE_S, lambda: "it lives")
        kiosk.start()
        wait_for_verdicts(kiosk, PrintState.EXPIRED)
        told = kiosk.hall()
        (label,) = told["labels"]
        assert told["last"] is not None
        assert told["last"][1] == PrintState.EXPIRED
        assert sum(told["waiting"].values()) == 1, "he may still stand there"
        deadline_s = ABANDONED_AFTER.total_seconds() + PATIENCE_S

        def is_abandoned() -> bool:
            kiosk.pass_time(5.0)
            return not any(kiosk.hall()["waiting"].values())

        wait_until(is_abandoned, deadline_s, lambda: str(kiosk.hall()))
        told = kiosk.hall()
        assert (told["last"], told["jobs"], told["labels"]) == (None, [PrintState.EXPIRED], [label])
        assert slips(kiosk) == 0, "nothing prints by itself"
        following = kiosk.issue(SERVICE)
        assert following is not None
        assert following.label != label
        wait_for_verdicts(kiosk, PrintState.EXPIRED, PrintState.CONFIRMED)
        kiosk.close()
        verified(kiosk.data)
        assert_no_traceback(kiosk)
