"""A hall that is no demonstration, its files as they would be published, and devices that are let into it."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from kiosk.catalogue_bundle import bundled
from kiosk.enrolment import Enrolment
from kiosk.identity import Identity, new_identity
from kiosk.paths import resource_path
from kiosk.sync.wire import Authority, DeviceKind
from server.devices import DeviceRecord
from server.enrolment import admit
from server.node import Node

HALL: Final = "mpp-uji"
_CATALOGUE: Final = resource_path("assets/catalogue/mpp-jakarta.json")
_NUMBERS: Final = _CATALOGUE.with_name("service-numbers.json")
_SITE: Final = resource_path("assets/sites/mpp-jakarta.json")

Change = Callable[[dict[str, Any]], object]


def site_bytes(change: Change = lambda _: None, **fields: Any) -> bytes:
    return _changed(_SITE, change, {"id": HALL, "is_demonstration": False} | fields)


def catalogue_bytes(change: Change = lambda _: None, **fields: Any) -> bytes:
    return _changed(_CATALOGUE, change, fields)


def numbers_bytes(**numbers: int) -> bytes:
    return _changed(_NUMBERS, lambda _: None, numbers)


def bundle_bytes(catalogue: bytes | None = None, numbers: bytes | None = None) -> bytes:
    return bundled(catalogue or catalogue_bytes(), numbers or numbers_bytes())


def catalogue_file(folder: Path, catalogue: bytes | None = None, numbers: bytes | None = None) -> Path:
    """With its registry beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "service-numbers.json").write_bytes(numbers or numbers_bytes())
    path = folder / "catalogue.json"
    path.write_bytes(catalogue or catalogue_bytes())
    return path


def site_file(folder: Path, raw: bytes | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "hall.json"
    path.write_bytes(raw or site_bytes())
    return path


def without_service(service_id: str) -> Change:
    """The service leaves; whatever speaks of it too."""

    def change(value: dict[str, Any]) -> None:
        for agency in value.get("agencies", ()):
            agency["services"] = [each for each in agency["services"] if each["id"] != service_id]
        for holder, key in ((event, "service_ids") for event in value.get("life_events", ())):
            holder[key] = [each for each in holder[key] if each != service_id]
        for queue in value.get("queues", ()):
            if isinstance(queue["services"], list):
                queue["services"] = [each for each in queue["services"] if each != service_id]
        if "popular" in value:
            value["popular"] = [each for each in value["popular"] if each != service_id]
        value.get("after", {}).pop(service_id, None)
        for later, earlier in list(value.get("after", {}).items()):
            value["after"][later] = [each for each in earlier if each != service_id]

    return change


def swapped_letters(one: str, other: str) -> Change:
    """Two queues trade their letters."""

    def change(value: dict[str, Any]) -> None:
        for queue in value["queues"]:
            queue["code"] = {one: other, other: one}.get(queue["code"], queue["code"])

    return change


def let_in(
    node: Node,
    number: int = 1,
    letter: str = "A",
    kind: DeviceKind = DeviceKind.KIOSK,
    identity: Identity | None = None,
) -> Identity:
    identity = identity or new_identity()
    is_kiosk = kind is DeviceKind.KIOSK
    admit(
        node,
        DeviceRecord(
            identity.device_id,
            identity.public_key,
            HALL,
            number if is_kiosk else None,
            letter if is_kiosk else None,
            f"Anjungan {number}",
            kind,
        ),
    )
    return identity


def enrolment_of(identity: Identity, node: Node, url: str) -> Enrolment:
    """What a kiosk keeps after its code was taken."""
    own = base64.b64encode(node.identity.public_key).decode()
    return Enrolment(
        server_url=url,
        site=HALL,
        device=identity.device_id,
        kind=DeviceKind.KIOSK,
        kiosk_number=1,
        letter="A",
        name="Anjungan 1",
        server=node.identity.device_id,
        server_key=own,
        server_epoch=node.epoch,
        authorities=(Authority(device=node.identity.device_id, key=own),),
    )


def keys_of(*identities: Identity) -> Mapping[str, bytes]:
    return {identity.device_id: identity.public_key for identity in identities}


def _changed(path: Path, change: Change, fields: Mapping[str, Any]) -> bytes:
    value = json.loads(path.read_text("utf-8"))
    change(value)
    return json.dumps(value | fields).encode()
