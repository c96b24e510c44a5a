"""No text, whatever it holds, gives a byte that a printer obeys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing.printable import CODE_PAGES, clean, encode
from printing.typeface import Face, Weight

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=80)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("KTP-el hilang", "KTP-el hilang"),
        ("a\x1b@\x1dV\x00b", "a@Vb"),
        ("satu\n\tdua\r\n tiga", "satu dua tiga"),
        ("Loket\u202e 5\u202c\u200f", "Loket 5"),
        ("Bayi 👶🏽 baru 🎉", "Bayi baru"),
        ("Kantor مكتب الجوازات 3", "Kantor ? ? 3"),
        ("ꦗꦮ", "?"),
        ("ﬁle ① ２", "file 1 2"),
        ("Ngoc Hà, São, Łódź", "Ngoc Hà, São, Łódź"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("−5 ‑ 8 × 2", "-5 - 8 x 2"),
        ("", ""),
    ],
)
def test_clean_keeps_what_the_font_draws(text: str, shown: str) -> None:
    assert clean(text, 100) == shown


def test_clean_caps_long_texts() -> None:
    assert clean("kata " * 200, 20) == "kata kata kata kata…"


@pytest.mark.parametrize(
    ("text", "page", "data"),
    [
        ("5–8 · “é” …", "cp437", b'5-8 \xfa "\x82" ...'),
        ("5–8 · é €", "cp1252", "5–8 · é €".encode("cp1252")),
        ("€ 5", "cp437", b"EUR 5"),
        ("Łódź", "cp437", b"L\xa2dz"),
        ("木", "cp850", b"?"),
        ("\x1b@\x7f", "cp858", b"?@?"),
    ],
)
def test_encode_transliterates_what_the_page_lacks(text: str, page: str, data: bytes) -> None:
    assert encode(text, page) == data


@given(ANY_TEXT, st.integers(2, 60))
def test_clean_text_is_short_and_free_of_controls(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
    assert shown == " ".join(shown.split())


@given(ANY_TEXT, st.sampled_from(CODE_PAGES))
def test_no_control_byte_is_ever_encoded(text: str, page: str) -> None:
    assert all(byte >= 0x20 and byte != 0x7F for byte in encode(text, page))


def test_our_font_has_a_shape_for_every_clean_character() -> None:
    font = Face(Weight.MEDIUM, 40).font
    missing = bytes(font.getmask("\uf8ff"))
    every = {clean(chr(code), 4) for code in range(0x20, 0x2FFF)}
    drawable = {character for shown in every for character in shown if not character.isspace()}
    assert len(drawable) > 300
    assert [character for character in sorted(drawable) if bytes(font.getmask(character)) == missing] == []
