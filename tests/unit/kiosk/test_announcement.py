import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.announcement import announcement, english_number, indonesian_number, recorded_words
from kiosk.domain.language import Language
from kiosk.domain.numbering import HIGHEST_SERIES, format_label
from kiosk.domain.queue_code import LETTER_NAMES

INDONESIAN, ENGLISH = Language.INDONESIAN, Language.ENGLISH
SERIES = st.integers(0, HIGHEST_SERIES)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("label", "counter", "floor", "text"),
    [
        ("D-045", 3, 2, "Nomor antrean, D, empat puluh lima, silakan menuju loket tiga, lantai dua."),
        ("A-001", 1, None, "Nomor antrean, A, satu, silakan menuju loket satu."),
        ("A-115", 12, 3, "Nomor antrean, A, seratus lima belas, silakan menuju loket dua belas, lantai tiga."),
        ("D-007K", 3, 2, "Nomor antrean, D, tujuh, K, silakan menuju loket tiga, lantai dua."),
        ("D-007K2", 3, 2, "Nomor antrean, D, tujuh, K, dua, silakan menuju loket tiga, lantai dua."),
        ("KM-010", 21, 0, "Nomor antrean, K, M, sepuluh, silakan menuju loket dua puluh satu, lantai dasar."),
        ("S-200", 2, -1, "Nomor antrean, S, dua ratus, silakan menuju loket dua, besmen satu."),
        ("S-1000", 9001, 1, "Nomor antrean, S, seribu, silakan menuju loket sembilan ribu satu, lantai satu."),
    ],
)  # fmt: skip
def test_the_indonesian_sentence(label: str, counter: int, floor: int | None, text: str) -> None:
    assert announcement(label, counter, floor, INDONESIAN).text == text


@pytest.mark.parametrize(
    ("label", "counter", "floor", "text"),
    [
        ("D-045", 3, 2, "Ticket number, D, forty-five, please proceed to counter three, floor two."),
        ("D-007K", 20, None, "Ticket number, D, seven, K, please proceed to counter twenty."),
        ("A-101", 13, 0, "Ticket number, A, one hundred and one, please proceed to counter thirteen, ground floor."),
    ],
)  # fmt: skip
def test_the_english_sentence(label: str, counter: int, floor: int | None, text: str) -> None:
    assert announcement(label, counter, floor, ENGLISH).text == text


INDONESIAN_NUMBERS = {
    0: "nol", 1: "satu", 2: "dua", 3: "tiga", 4: "empat", 5: "lima", 6: "enam", 7: "tujuh", 8: "delapan",
    9: "sembilan", 10: "sepuluh", 11: "sebelas", 12: "dua belas", 15: "lima belas", 19: "sembilan belas",
    20: "dua puluh", 21: "dua puluh satu", 30: "tiga puluh", 45: "empat puluh lima", 99: "sembilan puluh sembilan",
    100: "seratus", 101: "seratus satu", 110: "seratus sepuluh", 111: "seratus sebelas", 115: "seratus lima belas",
    120: "seratus dua puluh", 200: "dua ratus", 211: "dua ratus sebelas", 345: "tiga ratus empat puluh lima",
    900: "sembilan ratus", 999: "sembilan ratus sembilan puluh sembilan", 1000: "seribu", 1001: "seribu satu",
    1100: "seribu seratus", 2000: "dua ribu", 11000: "sebelas ribu", 10512: "sepuluh ribu lima ratus dua belas",
    65535: "enam puluh lima ribu lima ratus tiga puluh lima",
}  # fmt: skip


@pytest.mark.parametrize(("number", "words"), INDONESIAN_NUMBERS.items())
def test_indonesian_numbers(number: int, words: str) -> None:
    assert indonesian_number(number) == words


def test_every_number_to_999_says_its_digits() -> None:
    units = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]
    for number in range(1, 1000):
        hundreds, tens, unit = number // 100, number // 10 % 10, number % 10
        words = [] if not hundreds else ["seratus"] if hundreds == 1 else [units[hundreds], "ratus"]
        if tens == 1:
            words += ["sepuluh"] if unit == 0 else ["sebelas"] if unit == 1 else [units[unit], "belas"]
        else:
            words += ([units[tens], "puluh"] if tens else []) + ([units[unit]] if unit else [])
        assert indonesian_number(number) == " ".join(words)
        assert announcement(f"D-{number:03d}", 1, None, INDONESIAN).text == (
            f"Nomor antrean, D, {' '.join(words)}, silakan menuju loket satu."
        )


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "zero"), (7, "seven"), (13, "thirteen"), (20, "twenty"), (45, "forty-five"), (100, "one hundred"),
     (101, "one hundred and one"), (345, "three hundred and forty-five"), (1000, "one thousand"),
     (1005, "one thousand and five"), (65535, "sixty-five thousand five hundred and thirty-five")],
)  # fmt: skip
def test_english_numbers(number: int, words: str) -> None:
    assert english_number(number) == words


@pytest.mark.parametrize("tell", [indonesian_number, english_number])
def test_no_two_numbers_sound_the_same(tell: object) -> None:
    assert callable(tell)
    assert len({tell(number) for number in range(65_536)}) == 65_536


@pytest.mark.parametrize("letter", LETTERS)
def test_letters_are_spoken_by_their_names_and_written_as_they_are(letter: str) -> None:
    said = announcement(f"{letter}-002{letter}", 4, 1, INDONESIAN)
    name = LETTER_NAMES[letter]
    assert said.text == f"Nomor antrean, {letter}, dua, {letter}, silakan menuju loket empat, lantai satu."
    assert said.spoken == f"Nomor antrean, {name}, dua, {name}, silakan menuju loket empat, lantai satu."
    assert said.words == (
        "id/nomor-antrean", f"id/huruf-{letter.lower()}", "id/dua", f"id/huruf-{letter.lower()}",
        "id/silakan-menuju-loket", "id/empat", "id/lantai", "id/satu",
    )  # fmt: skip


def test_recordings_of_english() -> None:
    assert announcement("D-145", 3, None, ENGLISH).words == (
        "en/ticket-number", "en/letter-d", "en/one", "en/hundred", "en/and", "en/forty", "en/five",
        "en/please-proceed-to-counter", "en/three",
    )  # fmt: skip


@pytest.mark.parametrize("label", ["", "D045", "d-045", "D-", "DKM-001", "D-045 Budi", "D-000001", "٣-٠٤٥"])
def test_what_is_no_label_is_not_said(label: str) -> None:
    with pytest.raises(ValueError, match="no label"):
        announcement(label, 1, None, INDONESIAN)


@given(
    st.builds(format_label, st.text(LETTERS, min_size=1, max_size=2), st.integers(1, 65_535), SERIES),
    st.integers(1, 9999),
    st.none() | st.integers(-9, 60),
    st.sampled_from(Language),
)
def test_every_call_can_be_said_with_the_listed_words(
    label: str, counter: int, floor: int | None, language: Language
) -> None:
    said = announcement(label, counter, floor, language)
    assert set(said.words) <= set(recorded_words([language]))
    assert not re.search(r"[0-9]", said.text)


def test_no_word_is_listed_twice() -> None:
    words = recorded_words(Language)
    assert len(words) == len(set(words))
    assert all(re.fullmatch(r"(id|en)/[a-z-]+", word) for word in words)
