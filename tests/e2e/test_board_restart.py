"""A board that is killed and started anew within a minute: what it has said twice it does not say again."""

from pathlib import Path

from kiosk.board_memory import FILE
from kiosk.domain.stop_life import Verb
from tests.called_hall import CalledHall
from tests.e2e.hall_staff import TIMES_SAID, Board, Talking
from tests.paired_kiosk import pair, site_server
from tests.real_processes import wait_until


def is_remembered(folder: Path, call: str) -> bool:
    file = folder / FILE
    return file.exists() and call in file.read_text()


def test_each_call_is_said_once_though_the_board_is_killed(tmp_path: Path) -> None:
    pair(tmp_path / "kiosk", tmp_path / "server")
    with site_server(tmp_path / "server") as server:
        hall = CalledHall(server.node)
        folder = tmp_path / "board"
        names, said = [], []
        for life in range(3):
            talking = Talking("tests.e2e.board_process", server.url, str(folder), errors=tmp_path / f"{life}.stderr")
            with talking:
                board = Board(talking)
                ticket, label = hall.issue()
                names.append(hall.do(Verb.CALL, ticket, life + 1))  # the calls before it still stand, and are older
                board.wait_for(label, 1)
                wait_until(
                    lambda: is_remembered(folder, names[-1]), 30, lambda: f"{names[-1]} is not in {folder / FILE}"
                )
                said.append(dict(board.said))
                if life < 2:
                    talking.process.kill()
                    talking.process.wait(30)
                    talking.process.returncode = 0  # as wished
        assert said == [{name: TIMES_SAID} for name in names]
