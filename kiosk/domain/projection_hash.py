"""One hash over what a log adds up to: two nodes with the same events have the same (kiosk/domain/history.py)."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any


class ProjectionHash:
    """Adds up canonical rows, those of each origin in the order of their ticket ids: hex SHA-256 over the rows, one a
    line, of each origin; and over the lines "origin hash" of all of them, sorted. Of one site, where there are several.
    """

    def __init__(self) -> None:
        self._of_origin: dict[str, Any] = {}

    def add(self, origin: str, row: bytes) -> None:
        if origin not in self._of_origin:
            self._of_origin[origin] = hashlib.sha256()
        self._of_origin[origin].update(row + b"\n")

    @property
    def origins(self) -> Mapping[str, str]:
        """Those that have issued tickets."""
        return {origin: self._of_origin[origin].hexdigest() for origin in sorted(self._of_origin)}

    @property
    def whole(self) -> str:
        return hash_of_hashes(self.origins)


def hash_of_hashes(totals: Mapping[str, str]) -> str:
    """Hex SHA-256 over the lines "name hash", sorted by name."""
    lines = "".join(f"{name} {totals[name]}\n" for name in sorted(totals))
    return hashlib.sha256(lines.encode()).hexdigest()


def projection_hash(rows: Iterable[tuple[str, bytes]]) -> ProjectionHash:
    """`rows`: (origin, canonical row), each origin's in the order of their ticket ids."""
    total = ProjectionHash()
    for origin, row in rows:
        total.add(origin, row)
    return total
