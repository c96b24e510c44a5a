"""Who this device is to the server that let it in, kept in its data folder: `enrolment.json` of a kiosk,
`upstream.json` of a site server. It says over kiosk.toml what the device is called, and whose word counts.
"""

import base64
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk.config import KioskConfig
from kiosk.errors import IdentityError, KioskError
from kiosk.private_file import write_private
from kiosk.sync.wire import Authority, DeviceKind, DeviceName, Enrolled, Epoch, Hex16, Key, Letter, SiteId

ENROLMENT_FILE: Final = "enrolment.json"
UPSTREAM_FILE: Final = "upstream.json"
UPSTREAM_AUTHORITY_FILE: Final = "upstream-authority.pem"


class ForeignSiteError(KioskError):
    """The device is enrolled at one site and set up for another."""


class Enrolment(BaseModel):
    """`server_key` is pinned: the six words that people compared are made from it. `authorities`: whose signature
    under a snapshot counts. `authority`: the PEM file beside this one by which alone the server is believed, by name.
    """

    model_config = ConfigDict(frozen=True)

    server_url: Annotated[str, Field(min_length=1)]
    site: SiteId
    device: Hex16
    kind: DeviceKind
    kiosk_number: Annotated[int, Field(ge=1, le=255)] | None = None
    letter: Letter | None = None
    name: DeviceName
    server: Hex16
    server_key: Key
    server_epoch: Epoch
    authorities: tuple[Authority, ...]
    authority: Annotated[str, Field(pattern=r"^[a-z][a-z.-]*$")] | None = None

    @classmethod
    def of(cls, answer: Enrolled, server_url: str) -> "Enrolment":
        return cls(server_url=server_url, **answer.model_dump(exclude={"proof"}))

    @cached_property
    def keys(self) -> Mapping[str, bytes]:
        """Device id -> raw public key of everyone who may sign what is handed down."""
        return {each.device: base64.b64decode(each.key) for each in self.authorities}

    @cached_property
    def pinned_key(self) -> bytes:
        """The server's public key, 32 raw bytes."""
        return base64.b64decode(self.server_key)


def load_enrolment(path: Path) -> Enrolment | None:
    """None where the device was not let in by a code. Raises IdentityError where the file cannot be read."""
    try:
        return Enrolment.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IdentityError(f"The enrolment cannot be read: check the permissions of {path}.") from error
    except ValidationError as error:
        raise IdentityError(f"The enrolment is damaged: restore {path}, or enrol this device anew.") from error


def save_enrolment(path: Path, enrolment: Enrolment) -> None:
    """Whole or not at all, for this user only, and on the disk before it returns. Raises IdentityError."""
    try:
        write_private(path, f"{enrolment.model_dump_json(indent=2)}\n".encode())
    except OSError as error:
        raise IdentityError(f"The enrolment cannot be kept: {path} cannot be written: {error.strerror}.") from error


def save_authority(path: Path, source: Path) -> None:
    """A copy of the PEM file, as `save_enrolment`. Raises IdentityError."""
    if path.exists() and path.samefile(source):
        return
    try:
        write_private(path, source.read_bytes())
    except OSError as error:
        raise IdentityError(f"The authority cannot be kept: {path} cannot be written: {error.strerror}.") from error


def apply(config: KioskConfig, enrolment: Enrolment | None) -> KioskConfig:
    """The settings as the server decided them. Its address is the one thing that kiosk.toml may still change."""
    if enrolment is None:
        return config
    return replace(
        config,
        name=enrolment.name,
        number=enrolment.kiosk_number or config.number,
        letter=enrolment.letter or config.letter,
        sync=replace(config.sync, server=config.sync.server or enrolment.server_url),
    )


def check_site(enrolment: Enrolment | None, site_id: str) -> None:
    """Raises ForeignSiteError where the hall to be shown is not the one that this kiosk was let into."""
    if enrolment is not None and enrolment.site != site_id:
        raise ForeignSiteError(
            f"This kiosk is enrolled at {enrolment.site}, but the hall it is set up for is {site_id}:"
            f" give it the site file of {enrolment.site} (`site` in kiosk.toml), or enrol it anew at {site_id}."
        )
