"""The words that change a printer: each is explained to people, and can be undone."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from giliran import main
from kiosk.paths import resource_path
from printing.emulator.condition import Condition
from printing.emulator.words import CHANGES, ON_THE_LINE, change_of, undo_of


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        ("paper 0", {"paper_mm": 0}),
        ("paper 12.5", {"paper_mm": 12.5}),
        ("cover open", {"is_cover_open": True}),
        ("cutter jam", {"is_cutter_jammed": True}),
        ("heat hot", {"is_overheated": True}),
        ("silence on", {"is_silent": True}),
        ("noise on", {"is_noisy": True}),
    ],
)
def test_words_change_one_thing_and_are_undone(words: str, changed: dict[str, float]) -> None:
    change, undo = change_of(words), change_of(undo_of(words) or "")
    assert change is not None
    assert undo is not None
    faulty = change(Condition())
    assert faulty == replace(Condition(), **changed)  # type: ignore[arg-type]  # the table names the fields
    assert undo(faulty) == Condition()


def test_near_end_is_seen_and_unseen() -> None:
    shown = [change(Condition()).is_near_end for change in (CHANGES["near on"], CHANGES["near off"])]
    assert shown == [True, False]


@pytest.mark.parametrize("words", ["paper", "paper -1", "paper nan", "paper much", "cover", "cover ajar", ""])
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"is no command|names no length"):
        change_of(words)


def test_every_word_is_explained() -> None:
    told = CliRunner().invoke(main, ["printer", "emulate", "--help"], terminal_width=500).output
    document = (resource_path("docs") / "printers.md").read_text("utf-8")
    for words in (*CHANGES, *ON_THE_LINE):
        verb, _, way = words.partition(" ")
        assert f"`{words}`" in document
        assert verb in told
        assert way in told
