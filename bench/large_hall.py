"""A hall far larger than any: the shipped catalogue again and again, each time for another part of town."""

import json
from itertools import product
from string import ascii_uppercase
from typing import Any

from kiosk.domain.queue_code import heard
from kiosk.paths import resource_path
from kiosk.store.catalogue_snapshot import DataFiles

_SYLLABLES = ("cen", "ka", "reng", "pulo", "men", "teng", "ja", "ti", "ra", "wa")


def large_hall(services: int = 10_000, agencies: int = 200) -> DataFiles:
    """The three data files of a hall with this many services, shared out among this many agencies."""
    catalogue = _shipped("assets/catalogue/mpp-jakarta.json")
    site = _shipped("assets/sites/mpp-jakarta.json")
    models = [service for agency in catalogue["agencies"] for service in agency["services"]]
    places = ["".join(parts).capitalize() for parts in product(_SYLLABLES, repeat=2)]
    made = [_for_place(models[n % len(models)], n, places[n // len(models)]) for n in range(services)]
    catalogue["agencies"] = [
        {**catalogue["agencies"][n % len(catalogue["agencies"])], "id": f"agency{n}", "services": made[n::agencies]}
        for n in range(agencies)
    ]
    catalogue["life_events"] = []
    site["queues"] = [
        {**site["queues"][0], "code": code, "number": n + 1, "agency": f"agency{n}"}
        for n, code in zip(range(agencies), _clear_codes(), strict=False)
    ]
    site["after"], site["popular"] = {}, []
    numbers = {service["id"]: n for n, service in enumerate(made, 1)}
    return DataFiles(*(json.dumps(value).encode() for value in (catalogue, numbers, site)))


def _shipped(path: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(resource_path(path).read_text("utf-8"))
    return value


def _for_place(service: dict[str, Any], number: int, place: str) -> dict[str, Any]:
    return {
        **service,
        "id": f"service{number}",
        "name_id": f"{service['name_id']} {place}",
        "name_en": f"{service['name_en']}, {place}",
        "life_events": [],
    }


def _clear_codes() -> list[str]:
    """One code for each way a code can sound."""
    codes = [*ascii_uppercase, *("".join(pair) for pair in product(ascii_uppercase, repeat=2))]
    return list({heard(code): code for code in reversed(codes)}.values())
