"""No text, whatever it holds, gives a byte that a printer obeys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.paths import resource_path
from printing.font_coverage import characters_of
from printing.printable import CODE_PAGES, clean, encode, is_encodable
from printing.scripts import SCRIPTS, script_of
from tests.shaping import NEEDS_SHAPING

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=80)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("KTP-el hilang", "KTP-el hilang"),
        ("a\x1b@\x1dV\x00b", "a@Vb"),
        ("satu\n\tdua\r\n tiga", "satu dua tiga"),
        ("Loket\u202e 5\u202c\u200f", "Loket 5"),
        ("Bayi 👶🏽 baru 🎉", "Bayi baru"),
        ("Kantor 出入境 管理局 3", "Kantor ? ? 3"),
        ("Паспорт", "?"),
        ("Trần Nguyễn Đức", "Trần Nguyễn Đức"),
        ("ﬁle ① ２", "file 1 2"),
        ("Ngoc Hà, São, Łódź", "Ngoc Hà, São, Łódź"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("−5 ‑ 8 × 2", "-5 - 8 x 2"),
        ("", ""),
    ],
)
def test_clean_keeps_what_the_font_draws(text: str, shown: str) -> None:
    assert clean(text, 100) == shown


@NEEDS_SHAPING
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Kantor مكتب الجوازات ٣", "Kantor مكتب الجوازات ٣"),
        ("ﻣﻜﺘﺐ", "مكتب"),
        ("ꦗꦮ \u202eꦧꦭꦶ", "ꦗꦮ ꦧꦭꦶ"),
        ("ᬩᬮᬶ ᮞᮥᮔ᮪ᮓ ᯅᯖᯂ᯲ ᨅᨔ ꤽꥍꤺꥏ", "ᬩᬮᬶ ᮞᮥᮔ᮪ᮓ ᯅᯖᯂ᯲ ᨅᨔ ꤽꥍꤺꥏ"),
        ("a\u0651b \ua9c0ꦗ", "ab ꦗ"),
        ("ب" + "\u0651" * 40, "ب" + "\u0651" * 4),
        ("\u0600\u061cب\u200d\u200c", "ب"),
    ],
)
def test_clean_keeps_scripts_that_our_fonts_have(text: str, shown: str) -> None:
    assert clean(text, 100) == shown


def test_scripts_leave_a_mark_where_their_letters_could_not_be_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("printing.scripts.can_shape", lambda: False)
    assert clean("Kantor مكتب ꦗꦮ 3", 100) == "Kantor ? ? 3"


@pytest.mark.parametrize(
    ("text", "is_whole"), [("Łódź – 5 €?", True), ("Nguyễn", True), ("ꦗꦮ", False), ("Loket مكتب", False)]
)
def test_what_a_code_page_cannot_say_is_known(text: str, is_whole: bool) -> None:  # noqa: FBT001  # a parameter
    assert is_encodable(text, "cp437") is is_whole


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


@NEEDS_SHAPING
def test_our_fonts_have_a_shape_for_every_clean_character() -> None:
    every = {clean(chr(code), 4) for code in range(0x20, 0xFFFF)}
    drawable = {character for shown in every for character in shown if not character.isspace()}
    latin = characters_of(resource_path("assets/fonts/PlusJakartaSans-Medium.ttf"))
    covered = {script: characters_of(resource_path(script.font_file("Bold"))) for script in SCRIPTS}
    assert len(drawable) > 900
    assert [
        character
        for character in sorted(drawable)
        if ord(character) not in (latin if (script := script_of(character)) is None else covered[script])
    ] == []
