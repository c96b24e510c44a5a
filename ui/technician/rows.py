"""What the machine says of itself: one named value in a group."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.language import Language, Text


class Level(StrEnum):
    """How a value is to be taken. A `FACT` is neither good nor bad."""

    FACT = "fact"
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class TechnicianLine:
    """A row as the screen shows it, in one language."""

    name: str
    group: str
    value: str
    level: str
    roll_of: int = -1


@dataclass(frozen=True, slots=True)
class TechnicianRow:
    """`value`: plain text is the same in every language, as a version or an address is."""

    name: Text
    group: Text
    value: Text | str
    level: Level = Level.FACT
    roll_of: int = -1
    """The printer whose paper this is about (0: the first): new paper can be told here. -1: it is about something else.
    """

    def in_language(self, language: Language) -> TechnicianLine:
        value = self.value if isinstance(self.value, str) else self.value.in_language(language)
        name, group = self.name.in_language(language), self.group.in_language(language)
        return TechnicianLine(name, group, value, self.level, self.roll_of)
