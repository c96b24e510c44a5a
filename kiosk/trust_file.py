"""A site's trust list, read into the domain's."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kiosk.data_file import parse_json, parse_model, repeated
from kiosk.domain.trust import DeviceFacts, TrustedDevice, TrustList
from kiosk.errors import DataFileError, Problem
from kiosk.sync.wire import DeviceKind, Hex16, Key, SiteId

_Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class _Model(BaseModel):
    """A later version may say more: a desk that is not up to date must still know the keys."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


class _Device(_Model):
    device: Hex16
    kind: Literal["kiosk", "site", "desk", "board"]
    key: Key
    name: str
    kiosk_number: Annotated[int, Field(ge=1, le=255)] | None
    letter: str | None
    from_day: _Day
    revoked_day: _Day | None


class _Authority(_Model):
    device: Hex16
    key: Key


class _TrustList(_Model):
    schema_version: Literal[1]
    site: SiteId
    devices: list[_Device]
    authorities: list[_Authority]


def parse_trust_list(name: str, raw: bytes) -> TrustList:
    """The trust list in the bytes of a file; `name` is what an error calls it.

    Raises:
        DataFileError: something in it is wrong; every problem is listed.
    """
    model, problems = parse_model(_TrustList, parse_json(name, raw))
    if model is not None:
        problems += tuple(_problems_across(model))
    if problems or model is None:
        raise DataFileError(name, problems)
    return TrustList(
        site_id=model.site,
        devices=tuple(_device(device) for device in model.devices),
        authorities={each.device: base64.b64decode(each.key) for each in model.authorities},
    )


def _problems_across(model: _TrustList) -> Iterator[Problem]:
    yield from repeated((f"devices.{index}.device", each.device) for index, each in enumerate(model.devices))
    named = [(f"devices.{index}", each.device, each.key) for index, each in enumerate(model.devices)]
    named += [(f"authorities.{index}", each.device, each.key) for index, each in enumerate(model.authorities)]
    for path, device, key in named:
        if hashlib.sha256(base64.b64decode(key)).hexdigest()[:16] != device:
            yield Problem(f"{path}.device", f"{device!r} is not the name of this key")
    for index, each in enumerate(model.devices):
        for field in ("from_day", "revoked_day"):
            day = getattr(each, field)
            if day is not None and not _is_day(day):
                yield Problem(f"devices.{index}.{field}", f"{day!r} is no date")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _device(model: _Device) -> TrustedDevice:
    return TrustedDevice(
        DeviceFacts(
            device_id=model.device,
            kind=DeviceKind(model.kind),
            public_key=base64.b64decode(model.key),
            name=model.name,
            kiosk_number=model.kiosk_number,
            letter=model.letter,
        ),
        from_day=date.fromisoformat(model.from_day),
        revoked_day=None if model.revoked_day is None else date.fromisoformat(model.revoked_day),
    )
