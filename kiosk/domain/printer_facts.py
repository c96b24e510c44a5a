"""How a kiosk's printers fare, in the words that go into its log: for who looks after many kiosks."""

from dataclasses import dataclass
from typing import Literal

InUse = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class PrinterFacts:
    """`printer`, `fallback`: what each of them says of itself, in one word (printing/status.py `in_one_word`);
    `fallback` None: there is no second one. `in_use`: where the next slip comes out. `confirmation`: how that one
    confirms a slip (printing/profile.py `Confirmation`); `slips_left`: what is left on its roll, an estimate, None
    where nobody can say; `is_paper_low`: it should be changed in the next quiet minute.
    """

    printer: str
    fallback: str | None = None
    in_use: InUse = "first"
    confirmation: str = "none"
    slips_left: int | None = None
    is_paper_low: bool = False
