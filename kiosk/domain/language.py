"""The visitor's languages, and text that exists in each of them."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language of screens and paper. Indonesian is compulsory (Perpres 63/2019 art. 25); others are added."""

    INDONESIAN = "id"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in every language of `Language`."""

    id: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.en if language is Language.ENGLISH else self.id
