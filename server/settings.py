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
class Tls:
    """PEM files: the server's certificate with its chain, and its private key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a site server relays to. `authority`: a PEM file with the only certificate authority that is trusted.

    None: as it was enrolled.
    """

    url: str | None = None
    authority: Path | None = None


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`database` None: SQLite in `data_dir`; else a URL. `site_file`: the hall this server opens days for and hands
    down to its kiosks; None: what was published before, or else the sample hall.
    """

    role: Role
    data_dir: Path
    database: str | None = None
    site_file: Path | None = None
    upstream: Upstream | None = None
    tls: Tls | None = None
