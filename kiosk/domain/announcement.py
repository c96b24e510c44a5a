"""What the hall hears of a call: the sentence, and the recorded words that say the same. Never a name.

"Nomor antrean, D, empat puluh lima, silakan menuju loket tiga, lantai dua." Numbers are cardinal and without their
leading zeros, letters have their Indonesian names (research/domain.md, 3.1). Own-series letters end the number.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kiosk.domain.language import Language
from kiosk.domain.queue_code import LETTER_NAMES

_LABEL: Final = re.compile(r"([A-Z]{1,2})-([0-9]{1,5})(?:([A-Z])([0-9]{0,2}))?")

_UNITS: Final = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@dataclass(frozen=True, slots=True)
class Announcement:
    """One call in one language. `text`: as it is written. `spoken`: for a voice, with the letters' names written out,
    so that no engine reads a lone D in a language of its own. `words`: the recordings, in their order: `id/lima` is
    the file `id/lima.wav` of the folder of recorded words.
    """

    language: Language
    text: str
    spoken: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch between two commas. `spoken` differs from `text` in the names of letters alone."""

    text: str
    spoken: str
    words: tuple[str, ...]


def announcement(label: str, counter: int, floor: int | None, language: Language) -> Announcement:
    """`label`: as `kiosk.domain.numbering.format_label` writes it. `counter`: 1 or more; `floor` None: not told.

    Raises ValueError for what is no label.
    """
    match = _LABEL.fullmatch(label)
    if match is None:
        raise ValueError(f"{label!r} is no label such as D-045")
    code, number, letter, generation = match.groups()
    sayings = _SAYINGS[language]
    parts = [_Part(sayings.opening, sayings.opening, (_recording(sayings.opening),))]
    parts += [sayings.letter(each) for each in code]
    parts.append(sayings.part(int(number)))
    if letter:
        parts.append(sayings.letter(letter))
    if generation:
        parts.append(sayings.part(int(generation)))
    parts.append(sayings.part(counter, sayings.way))
    if floor is not None:
        parts.append(sayings.floor(floor))
    return Announcement(
        language,
        ", ".join(part.text for part in parts) + ".",
        ", ".join(part.spoken for part in parts) + ".",
        tuple(f"{language.value}/{word}" for part in parts for word in part.words),
    )


def indonesian_number(number: int) -> str:
    """0 to 999,999 in words: 115 is "seratus lima belas"."""
    return " ".join(_indonesian(number))


def english_number(number: int) -> str:
    """0 to 999,999 in words: 145 is "one hundred and forty-five"."""
    return " ".join(_english(number))


def recorded_words(languages: Iterable[Language]) -> tuple[str, ...]:
    """Every word that a folder of recordings must hold to say every call in these languages."""
    return tuple(f"{language.value}/{word}" for language in languages for word in _SAYINGS[language].vocabulary())


def _indonesian(number: int) -> list[str]:
    if number < 10:
        return [_UNITS[number]]
    for size, one, name in ((1000, "seribu", "ribu"), (100, "seratus", "ratus")):
        count, rest = divmod(number, size)
        if count:
            head = [one] if count == 1 else [*_indonesian(count), name]
            return head + (_indonesian(rest) if rest else [])
    tens, rest = divmod(number, 10)
    if tens == 1:
        return [{0: "sepuluh", 1: "sebelas"}[rest]] if rest < 2 else [_UNITS[rest], "belas"]
    return [_UNITS[tens], "puluh", *([_UNITS[rest]] if rest else [])]


def _english(number: int) -> list[str]:
    thousands, rest = divmod(number, 1000)
    words = [*_english(thousands), "thousand"] if thousands else []
    hundreds, rest = divmod(rest, 100)
    words += [_ONES[hundreds], "hundred"] if hundreds else []
    if rest and words:
        words.append("and")
    if rest or not words:
        tens, unit = divmod(rest, 10)
        words.append(_ONES[rest] if rest < 20 else "-".join(filter(None, (_TENS[tens], _ONES[unit] if unit else ""))))
    return words


def _indonesian_recordings(number: int) -> Sequence[str]:
    return _indonesian(number)


def _english_recordings(number: int) -> Sequence[str]:
    """A recording for each half of "forty-five"."""
    return [half for word in _english(number) for half in word.split("-")]


def _recording(words: str) -> str:
    return words.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class _Sayings:
    """The fixed pieces of one language."""

    language: Language
    opening: str
    way: str
    storey: str
    ground: str
    basement: str

    def letter(self, letter: str) -> _Part:
        name = LETTER_NAMES[letter] if self.language is Language.INDONESIAN else letter
        return _Part(letter, name, (f"{_LETTER_RECORDING[self.language]}-{letter.lower()}",))

    def part(self, number: int, before: str = "") -> _Part:
        is_indonesian = self.language is Language.INDONESIAN
        words = indonesian_number(number) if is_indonesian else english_number(number)
        recorded = _indonesian_recordings(number) if is_indonesian else _english_recordings(number)
        text = f"{before} {words}".strip()
        return _Part(text, text, (*((_recording(before),) if before else ()), *recorded))

    def floor(self, floor: int) -> _Part:
        if floor == 0:
            return _Part(self.ground, self.ground, (_recording(self.ground),))
        return self.part(abs(floor), self.storey if floor > 0 else self.basement)

    def vocabulary(self) -> tuple[str, ...]:
        pieces = (self.opening, self.way, self.storey, self.ground, self.basement)
        if self.language is Language.INDONESIAN:
            numbers = [*_UNITS, "sepuluh", "sebelas", "belas", "puluh", "seratus", "ratus", "seribu", "ribu"]
        else:
            numbers = [*_ONES, *_TENS[2:], "hundred", "thousand", "and"]
        letters = [f"{_LETTER_RECORDING[self.language]}-{letter.lower()}" for letter in LETTER_NAMES]
        return (*map(_recording, pieces), *numbers, *letters)


_LETTER_RECORDING: Final = {Language.INDONESIAN: "huruf", Language.ENGLISH: "letter"}
_SAYINGS: Final = {
    Language.INDONESIAN: _Sayings(
        Language.INDONESIAN, "Nomor antrean", "silakan menuju loket", "lantai", "lantai dasar", "besmen"
    ),
    Language.ENGLISH: _Sayings(
        Language.ENGLISH, "Ticket number", "please proceed to counter", "floor", "ground floor", "basement"
    ),
}


def words_document() -> str:
    """What `docs/announcements.md` holds."""
    say = announcement("D-045", 3, 2, Language.INDONESIAN)
    own = announcement("D-007K", 12, 2, Language.INDONESIAN)
    english = announcement("D-045", 3, 2, Language.ENGLISH)
    lists = "".join(
        f"\n## {name}\n\n" + "".join(f"- `{word}.wav` {_heard(word)}\n" for word in recorded_words([language]))
        for language, name in ((Language.INDONESIAN, "Indonesian"), (Language.ENGLISH, "English"))
    )
    return (
        "# What the hall hears\n\n"
        "A bell, then the sentence, twice; in English after it where board.toml says so. No name is ever called.\n\n"
        f'- `D-045`, counter 3, floor 2: "{say.text}"\n- `D-007K`, counter 12, floor 2: "{own.text}"\n'
        f'- in English: "{english.text}"\n\n'
        "Numbers are cardinal, letters have their Indonesian names, the letter of a kiosk's own series ends the number."
        "\n\nA folder of recorded words takes the place of the machine's voice when it is complete (`words` in"
        " board.toml).\nIt holds one WAV file for each word below: PCM, one channel, any one rate for all, speech"
        " without silence at both\nends. The sentence above is said by these files, one after the other:\n\n"
        + "".join(f"- `{word}.wav`\n" for word in say.words)
        + "\nWhat is missing is named when the board starts, and the machine's voice speaks instead.\n"
        "Written by `python -m scripts.write_docs` from kiosk/domain/announcement.py.\n" + lists
    )


def _heard(word: str) -> str:
    """What is said in a recording, where its name does not tell."""
    language, _, name = word.partition("/")
    kind, _, letter = name.rpartition("-")
    if kind == _LETTER_RECORDING[Language.INDONESIAN] and language == "id":
        return f'"{LETTER_NAMES[letter.upper()]}"'
    if kind == _LETTER_RECORDING[Language.ENGLISH] and language == "en":
        return f'"{letter.upper()}"'
    return f'"{name.replace("-", " ")}"'
