"""The bundle's ICU, which is made without most of its data, puts words in order and names our time zones as before."""

import json
import os
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from scripts.bundle_icu import trimmed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt asks the system")

ASK = """
import json
from PySide6.QtCore import QCollator, QLocale, QTimeZone
words = ["zebra", "Émile", "emil", "Ayam", "ayam", "nasi", "ñ", "10", "9"]
said = []
for name in ("id_ID", "en_US"):
    collator = QCollator(QLocale(name))
    collator.setNumericMode(True)
    said.append(sorted(words, key=collator.sortKey))
    for zone in (b"Asia/Jakarta", b"Asia/Makassar", b"Asia/Jayapura"):
        kind, length = QTimeZone.TimeType.StandardTime, QTimeZone.NameType.LongName
        said.append(QTimeZone(zone).displayName(kind, length, QLocale(name)))
used = {line.split()[-1] for line in open("/proc/self/maps") if "libicudata" in line}
print(json.dumps([said, sorted(used)]))
"""


def ask(icu: Path | None) -> list[list[str]]:
    environment = dict(os.environ) if icu is None else {**os.environ, "LD_PRELOAD": str(icu)}
    done = subprocess.run([sys.executable, "-c", ASK], check=True, capture_output=True, text=True, env=environment)
    said: list[list[str]] = json.loads(done.stdout)
    return said


def test_a_trimmed_icu_sorts_and_names_as_the_whole_one(tmp_path: Path) -> None:
    (whole,) = (Path(PySide6.__file__).parent / "Qt" / "lib").glob("libicudata.so.*")
    made = trimmed(whole, tmp_path)
    assert made is not None, "this machine has no icupkg: see scripts/system-packages.txt"
    assert made.stat().st_size < 4_000_000 < whole.stat().st_size
    before, used = ask(None)
    after, used_after = ask(made)
    assert used == [str(whole)]
    assert used_after == [str(made)]
    assert after == before
    assert "Waktu Indonesia Barat" in after
