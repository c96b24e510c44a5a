import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.paths import resource_path

SCRIPT = resource_path("scripts/number_services.py")
SHIPPED_CATALOGUE = resource_path("assets/catalogue/mpp-jakarta.json")
SHIPPED_NUMBERS = resource_path("assets/catalogue/service-numbers.json")


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("number_services", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


number_services = _script()
IDS = st.lists(st.text("abc", min_size=1, max_size=3), max_size=30)


@given(IDS, IDS, IDS)
def test_a_number_never_changes_and_never_means_two_services(
    first: list[str], second: list[str], third: list[str]
) -> None:
    registry: dict[str, int] = {}
    for services in (first, second, third):
        after = number_services.with_new_numbers(registry, services)
        assert after.items() >= registry.items(), "also of services that left the catalogue"
        assert after.keys() == registry.keys() | set(services)
        assert len(set(after.values())) == len(after)
        assert all(number not in registry.values() for name, number in after.items() if name not in registry)
        registry = after


def test_the_sixteen_bits_of_the_token_are_not_exceeded() -> None:
    full = {"last": 65_535}
    assert number_services.with_new_numbers(full, ["last"]) == full
    with pytest.raises(ValueError, match="room for 65535"):
        number_services.with_new_numbers(full, ["one more"])


def test_the_shipped_registry_is_what_the_script_leaves_as_it_is(tmp_path: Path) -> None:
    registry = tmp_path / "numbers.json"
    registry.write_bytes(SHIPPED_NUMBERS.read_bytes())
    command = [sys.executable, str(SCRIPT), str(SHIPPED_CATALOGUE), str(registry)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
    assert told.startswith("0 new numbers, 271 in all")
    assert registry.read_bytes() == SHIPPED_NUMBERS.read_bytes()


def test_numbers_given_in_the_first_release_stand_for_ever() -> None:
    numbers = json.loads(SHIPPED_NUMBERS.read_text("utf-8"))
    assert numbers["dpmptsp.konsultasi"] == 1
    assert numbers["dukcapil.ktp-hilang"] == 29
    assert numbers["bri.kur"] == 271
