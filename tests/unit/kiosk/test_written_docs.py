from pathlib import Path

import pytest

from scripts.write_docs import generated

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "name",
    [
        "docs/announcements.md",
        "docs/board.example.toml",
        "docs/kiosk.example.toml",
        "docs/log-events.md",
        "kiosk/store/schema.sql",
    ],
)
def test_documents_made_from_the_code_are_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == generated()[name], "run: .venv/bin/python -m scripts.write_docs"
