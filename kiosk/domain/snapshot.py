"""What is signed of a whole file that a server hands down, and what may not change from one edition to the next."""

from collections.abc import Iterator, Mapping
from typing import Final

from kiosk.domain.site import Site

EVERYWHERE: Final = "*"
"""The site of what holds at every site."""


def signed_words(site: str, kind: str, version: int, sha256: str) -> bytes:
    """The bytes under the signature. `sha256`: hex, of the file's exact bytes."""
    return "\n".join(("GLRS1", site, kind, str(version), sha256)).encode()


def renumbered(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[str]:
    """A sentence for each service number that would mean another service than it does on tickets that are out.

    Both are whole registries: service id -> number. A service that left the catalogue keeps its line.
    """
    names = {number: service_id for service_id, number in after.items()}
    for service_id, number in before.items():
        holder = names.get(number)
        if holder is None:
            yield f"number {number} of {service_id} is gone: a number is never taken back"
        elif holder != service_id:
            yield f"number {number} meant {service_id} and would mean {holder}"


def reassigned(before: Site, after: Site) -> frozenset[str]:
    """The queue letters that would mean another agency's queue, or stand for another number in the token."""
    then, now = before.queue_by_code, after.queue_by_code
    return frozenset(
        code
        for code in then.keys() & now.keys()
        if (then[code].agency_id, then[code].number) != (now[code].agency_id, now[code].number)
    )
