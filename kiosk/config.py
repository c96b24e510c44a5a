"""What a technician sets for one kiosk, from one TOML file. What the centre may change is data that syncs, not this."""

from dataclasses import dataclass, field
from pathlib import Path

from kiosk.domain.language import Language


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """`device`: see `giliran printer --help`. `profile`: a name from printing/profiles.toml."""

    device: str = "sim:slips"
    profile: str = "generic-80mm"


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """`server` None: this kiosk is alone at its site and its numbers carry no letter."""

    server: str | None = None


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """The panel. `panel_width_mm` is its visible width as mounted: every size on screen derives from it.

    336 mm is a 27-inch panel standing upright, the smallest on which the body text reaches 6.1 mm capitals
    within 1080 dots without crowding (EN 301 549, 5.1.4).
    """

    width_px: int = 1080
    height_px: int = 1920
    panel_width_mm: float = 336.0
    full_screen: bool = True
    animations: bool = True


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """Seconds. WCAG 2.2.1 asks for at least 20 s of warning."""

    idle_s: int = 60
    warning_s: int = 20
    ticket_s: int = 30
    default_language: Language = Language.INDONESIAN


@dataclass(frozen=True, slots=True)
class KioskConfig:
    """`name` is what technicians call the machine; `number` (1..255) stands for it in the QR token; `letter` A..Z
    marks its own series at a site with several kiosks. Relative paths are taken from the config file's folder.
    """

    name: str = "Anjungan 1"
    number: int = 1
    letter: str | None = "A"
    data_dir: Path = Path("data")
    catalogue: Path | None = None
    site: Path | None = None
    printer: PrinterConfig = field(default_factory=PrinterConfig)
    sync: SyncConfig = field(default_factory=SyncConfig)
    screen: ScreenConfig = field(default_factory=ScreenConfig)
    session: SessionConfig = field(default_factory=SessionConfig)
