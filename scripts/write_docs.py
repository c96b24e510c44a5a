"""Write the documents that are made from the code: `.venv/bin/python -m scripts.write_docs`.

A test fails when one of them is out of date.
"""

from collections.abc import Mapping
from pathlib import Path

from sqlite_utils import Database

from kiosk.board_config import example_board_config
from kiosk.config import example_config
from kiosk.desk.config import example_desk_config
from kiosk.domain.announcement import words_document
from kiosk.logs import events_document
from kiosk.store.migrations import migrate, schema

ROOT = Path(__file__).resolve().parent.parent


def generated() -> Mapping[str, str]:
    """Path under the root -> text."""
    db = Database(memory=True, execute_plugins=False)
    try:
        migrate(db)
        return {
            "docs/announcements.md": words_document(),
            "docs/board.example.toml": example_board_config(),
            "docs/desk.example.toml": example_desk_config(),
            "docs/kiosk.example.toml": example_config(),
            "docs/log-events.md": events_document(),
            "kiosk/store/schema.sql": schema(db),
        }
    finally:
        db.close()


if __name__ == "__main__":
    for name, text in generated().items():
        (ROOT / name).write_text(text, encoding="utf-8")
