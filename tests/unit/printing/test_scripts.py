"""Scripts besides the Latin one: which font, which order, and that nothing of it is loaded before it is needed."""

import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import ImageFont

from kiosk.paths import resource_path
from printing.font_coverage import characters_of
from printing.scripts import SCRIPTS, Script, clusters, runs, visual_order
from printing.typeface import Face, Weight, drawn_word
from tests.shaping import NEEDS_SHAPING

FACE: Final = Face(Weight.SEMI_BOLD, 26)
JAVANESE: Final = "ꦏꦼꦥꦼꦤ꧀ꦢꦸꦢꦸꦏꦤ꧀"
ALPHABET: Final = st.sampled_from("ab3(-ꦏꦼꦤ꧀ꦢبطة٣ᬓᬶ᭄ᮊ᮪ᨉᨗ")
LINES: Final = st.lists(st.text(alphabet=ALPHABET, min_size=1, max_size=20), max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Loket 5 Lantai 2", "Loket 5 Lantai 2"),
        ("Kantor مكتب الهجرة 3", "Kantor 3 الهجرة مكتب"),
        ("Kantor مكتب - الهجرة Jakarta", "Kantor الهجرة - مكتب Jakarta"),
        ("مكتب الهجرة KTP el 3", "KTP el 3 الهجرة مكتب"),
        ("1. مكتب", "مكتب 1."),
        ("مكتب", "مكتب"),
        ("", ""),
    ],
)
def test_words_stand_in_the_order_in_which_they_are_read(line: str, shown: str) -> None:
    assert visual_order(line.split(" ")) == shown.split(" ")


@given(LINES)
def test_no_word_is_lost_in_reordering(line: str) -> None:
    words = line.split(" ")
    assert sorted(visual_order(words)) == sorted(words)


def test_brackets_around_arabic_are_turned() -> None:
    assert [run.text for run in runs("(مكتب)3")] == ["(3", "مكتب", ")"]
    assert [run.text for run in runs("KTP(مكتب)")] == ["KTP(", "مكتب", ")"]


def test_a_letter_keeps_its_marks_and_what_hangs_under_it() -> None:
    assert list(clusters("ꦏꦼꦤ꧀ꦢꦸ")) == ["ꦏꦼ", "ꦤ꧀ꦢꦸ"]
    assert list(clusters("abc")) == ["a", "b", "c"]


@NEEDS_SHAPING
@given(LINES, st.integers(100, 576), st.integers(1, 6))
@example("3᭄᭄ꦏ", 100, 1)
def test_lines_of_any_script_fit(text: str, width: int, max_lines: int) -> None:
    lines = FACE.break_lines(text, width, max_lines)
    assert len(lines) <= max_lines
    assert all(FACE.width(line) <= width for line in lines)


@NEEDS_SHAPING
def test_long_javanese_word_breaks_between_letters_only() -> None:
    lines = FACE.break_lines(JAVANESE * 3, 200, 9)
    assert len(lines) > 2
    assert "".join(lines) == JAVANESE * 3
    assert not any(unicodedata.category(line[0]).startswith("M") for line in lines)


@NEEDS_SHAPING
def test_overhang_keeps_tall_letters_out_of_the_next_line() -> None:
    assert FACE.overhang("Dukcapil 3, Ậ") == (0, 0)
    above, below = FACE.overhang(f"Dinas {JAVANESE}")
    mask, _, top = drawn_word(FACE, JAVANESE)
    assert below > 0
    assert above + FACE.line_height + below >= mask.height
    assert FACE.baseline + above >= -top


@NEEDS_SHAPING
def test_arabic_letters_are_joined_from_right_to_left() -> None:
    """The first letter stands at the right, in another shape than alone."""
    alone, _, _ = drawn_word(FACE, "ب")
    three, _, _ = drawn_word(FACE, "ببب")
    assert three.width < 3 * alone.width
    right_end = three.crop((three.width - 6, 0, three.width, three.height))
    left_end = three.crop((0, 0, 6, three.height))
    assert sum(left_end.tobytes()) != sum(right_end.tobytes())
    assert drawn_word(FACE, "با")[0].tobytes() != drawn_word(FACE, "اب")[0].tobytes()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.family)
def test_coverage_is_what_the_font_engine_finds(script: Script) -> None:
    file = resource_path(script.font_file("Regular"))
    font = ImageFont.truetype(file, 40, layout_engine=ImageFont.Layout.BASIC)
    missing = bytes(font.getmask("\uf8ff"))
    covered = characters_of(file)
    letters = [
        chr(code)
        for first, last in script.blocks
        for code in range(first, last + 1)
        if unicodedata.category(chr(code))[0] in "LN" and code in covered
    ]
    assert len(letters) >= 20
    assert [letter for letter in letters if bytes(font.getmask(letter)) == missing] == []


def test_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "font.ttf"
    file.write_bytes(b"\x00\x01\x00\x00\x00\x00" + bytes(20))
    with pytest.raises(ValueError, match="no TrueType font"):
        characters_of(file)


def test_latin_slip_loads_none_of_these_fonts() -> None:
    look = (
        "from printing import scripts; from printing.printable import clean; clean('Dukcapil – Đức', 40);"
        "assert scripts._characters.cache_info().currsize == 0; assert scripts.can_shape.cache_info().currsize == 0;"
        "import sys; assert 'PIL' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", look], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
