"""Give every new service of a catalogue its number for the QR token, for whoever edits the catalogue.

    python scripts/number_services.py assets/catalogue/mpp-jakarta.json assets/catalogue/service-numbers.json

The registry only grows. A service that leaves the catalogue keeps its number, because tickets and logs that name
it stay; a number once given never means anything else.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

LAST_NUMBER = 0xFFFF


def with_new_numbers(registry: Mapping[str, int], service_ids: Iterable[str]) -> dict[str, int]:
    """The registry and a number for each service it lacks, counting on from the highest ever given.

    Raises:
        ValueError: the 16 bits of the token are used up.
    """
    numbers = dict(registry)
    highest = max(numbers.values(), default=0)
    for service_id in service_ids:
        if service_id not in numbers:
            highest += 1
            numbers[service_id] = highest
    if highest > LAST_NUMBER:
        raise ValueError(f"{highest} numbers are needed and the token has room for {LAST_NUMBER}")
    return numbers


def main(catalogue: Path, registry: Path) -> None:
    known = json.loads(registry.read_text("utf-8")) if registry.exists() else {}
    agencies = json.loads(catalogue.read_text("utf-8"))["agencies"]
    numbers = with_new_numbers(known, (service["id"] for agency in agencies for service in agency["services"]))
    registry.write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")
    print(f"{len(numbers) - len(known)} new numbers, {len(numbers)} in all: {registry}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
