"""Lines that fit, whatever the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing.typeface import ELLIPSIS, Face, Weight, largest_face

FACE = Face(Weight.SEMI_BOLD, 26)
WORDS = st.lists(st.text(alphabet="abcdefghijWM–.", min_size=1, max_size=40), max_size=25).map(" ".join)


@given(WORDS, st.integers(60, 576), st.integers(1, 6))
def test_every_line_fits_and_no_word_is_lost_unless_told(text: str, width: int, max_lines: int) -> None:
    lines = FACE.break_lines(text, width, max_lines)
    assert len(lines) <= max_lines
    assert all(FACE.width(line) <= width for line in lines)
    if not (lines and lines[-1].endswith(ELLIPSIS)):
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(WORDS, st.integers(60, 576))
def test_balanced_lines_are_as_many_and_say_the_same(text: str, width: int) -> None:
    broken, balanced = FACE.break_lines(text, width, 4), FACE.balance_lines(text, width, 4)
    assert len(balanced) == len(broken)
    assert " ".join(balanced) == " ".join(broken)
    assert all(FACE.width(line) <= width for line in balanced)


def test_balanced_lines_are_of_like_length() -> None:
    lines = FACE.balance_lines("Mal Pelayanan Publik Provinsi DKI Jakarta dan sekitarnya", 576, 3)
    longest, shortest = max(map(FACE.width, lines)), min(map(FACE.width, lines))
    assert shortest > 0.7 * longest


@pytest.mark.parametrize("label", ["D-045", "DK-007K", "A-1", "M-999Z", "D-007K2", "DK-65535U10"])
@pytest.mark.parametrize("width", [376, 504, 568])
def test_label_is_as_large_as_the_paper_allows(label: str, width: int) -> None:
    face = largest_face(label, Weight.EXTRA_BOLD, width, 150)
    larger = Face(Weight.EXTRA_BOLD, face.size + 3)
    assert face.width(label) <= width
    is_tall_enough = larger.font.getbbox("H", anchor="ls")[1] < -150
    assert larger.width(label) > width or is_tall_enough
