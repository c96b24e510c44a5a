"""How one server node is run."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Role(StrEnum):
    SITE = "site"
    """One hall: its kiosks push here."""
    CENTRAL = "central"
    """The nation: the last hop. What is durable here may be pruned by its origin."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`database` None: SQLite in `data_dir`; else a URL."""

    role: Role
    data_dir: Path
    database: str | None = None
