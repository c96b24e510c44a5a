"""Every fault that the machine is built against has a test named after its id: `test_n3_...`, or `test_n3_n7_...`."""

import re
from pathlib import Path
from typing import Final

FAULTS: Final = {
    *(f"n{number}" for number in range(1, 16)),
    *(f"s{number}" for number in range(1, 9)),
    *(f"t{number}" for number in range(1, 7)),
    *(f"r{number}" for number in range(1, 15)),
    *("p1", "p2", "p3", "p4", "p5", "p6", "p9"),
    *("c1", "c3"),
    *("a3", "a5"),
    *(f"q{number}" for number in range(1, 10)),
}
"""P power, N network, S sync, T time, R printer, C configuration, A abuse, Q scans."""

_TEST: Final = re.compile(r"^(?:async )?def test_((?:[a-z]\d+_)+)", re.MULTILINE)


def faults_with_a_test() -> set[str]:
    files = Path(__file__).parents[2].rglob("test_*.py")
    names = "".join("".join(_TEST.findall(file.read_text("utf-8"))) for file in files)
    return set(filter(None, names.split("_")))


def test_every_fault_has_a_test_of_its_name() -> None:
    assert FAULTS - faults_with_a_test() == set()
