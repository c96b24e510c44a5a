"""`giliran enrol`: from a code to a file in the data folder, and the words to compare."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import click

from kiosk.config import SERVER_URL, KioskConfig, load_config
from kiosk.desk.config import DeskConfig, load_desk_config
from kiosk.domain.pairing_code import PairingCode, PairingCodeError, parse_link
from kiosk.enrolment import (
    ENROLMENT_FILE,
    UPSTREAM_AUTHORITY_FILE,
    UPSTREAM_FILE,
    Enrolment,
    save_authority,
    save_enrolment,
)
from kiosk.errors import KioskError
from kiosk.fingerprint_words import six_words
from kiosk.folder_owner import refuse_kiosks_folder, refuse_servers_folder
from kiosk.identity import load_or_create_identity
from kiosk.machine_binding import bind_to_this_machine
from kiosk.paths import make_folder
from kiosk.settings_file import written_kind
from kiosk.sync.enrolling import Wish, enrol
from kiosk.sync.wire import DeviceKind


@dataclass(frozen=True, slots=True)
class Outcome:
    """`words`: six, the same as at the server if nobody stands between."""

    enrolment: Enrolment
    words: str
    file: Path


def enrol_kiosk(code_or_link: str, config: KioskConfig) -> Outcome:
    """Raises PairingCodeError for what is no code, KioskError for everything else that goes wrong."""
    name = config.name if config.name != KioskConfig().name else None  # nobody named it yet: let the server count
    return _enrol_device(code_or_link, config, Wish(DeviceKind.KIOSK, config.number, config.letter, name), "kiosk.toml")


def enrol_desk(code_or_link: str, config: DeskConfig) -> Outcome:
    """Raises PairingCodeError for what is no code, KioskError for everything else that goes wrong."""
    name = config.name if config.name != DeskConfig().name else None
    return _enrol_device(code_or_link, config, Wish(DeviceKind.DESK, name=name), "desk.toml")


def enrol_site_server(code_or_link: str, data_dir: Path, upstream: str | None, authority: Path | None) -> Outcome:
    """Raises PairingCodeError for what is no code, KioskError for everything else that goes wrong."""
    linked, code = parse_link(code_or_link)
    server_url = linked or upstream
    if server_url is None:
        raise KioskError("Which server? Say --upstream URL, the address that stands beside the code.")
    refuse_kiosks_folder(data_dir)
    outcome = _enrol(server_url, code, data_dir / UPSTREAM_FILE, Wish(DeviceKind.SITE), authority)
    if authority is None:
        return outcome
    save_authority(data_dir / UPSTREAM_AUTHORITY_FILE, authority)
    enrolment = outcome.enrolment.model_copy(update={"authority": UPSTREAM_AUTHORITY_FILE})
    save_enrolment(outcome.file, enrolment)
    return replace(outcome, enrolment=enrolment)


def _enrol_device(code_or_link: str, config: KioskConfig | DeskConfig, wish: Wish, its_file: str) -> Outcome:
    linked, code = parse_link(code_or_link)
    server_url = linked or config.sync.server
    if server_url is None:
        raise KioskError(
            f"Which server? Set sync.server in {its_file} to the address that stands beside the code, or give the text"
            " of the QR instead of the code."
        )
    refuse_servers_folder(config.data_dir)
    make_folder(config.data_dir)
    if config.bind_to_machine:
        bind_to_this_machine(config.data_dir)  # or a clone's old key would be let in again
    return _enrol(server_url, code, config.data_dir / ENROLMENT_FILE, wish, config.sync.authority)


def _enrol(server_url: str, code: PairingCode, file: Path, wish: Wish, authority: Path | None) -> Outcome:
    if not re.fullmatch(SERVER_URL[0], server_url):
        raise KioskError(f"{server_url} is no server's address: it must be {SERVER_URL[1]}.")
    make_folder(file.parent)
    identity = load_or_create_identity(file.parent)
    enrolment = enrol(server_url, code, identity, wish, authority)
    save_enrolment(file, enrolment)
    return Outcome(enrolment, six_words(enrolment.pinned_key, identity.public_key), file)


def _enrol_by_file(code: str, config_file: Path) -> Outcome:
    """As whatever the file says that it is for; a kiosk's says nothing."""
    if written_kind(config_file) == DeviceKind.DESK:
        return enrol_desk(code, load_desk_config(config_file))
    return enrol_kiosk(code, load_config(config_file))


def run(  # noqa: PLR0913  # one parameter an option
    code: str,
    config_file: Path | None,
    data_dir: Path | None,
    *,
    upstream: str | None,
    authority: Path | None,
    as_json: bool,
) -> int:
    """The command: does it and says what came of it. Raises KioskError."""
    try:
        if config_file is not None:
            outcome = _enrol_by_file(code, config_file)
        else:
            outcome = enrol_site_server(code, data_dir or Path(), upstream, authority)
    except PairingCodeError as error:
        raise KioskError(str(error)) from error
    enrolment = outcome.enrolment
    if as_json:
        facts = enrolment.model_dump(mode="json", exclude={"authorities", "server_key"})
        click.echo(json.dumps({**facts, "words": outcome.words, "file": str(outcome.file)}))
        return 0
    place = f" as number {enrolment.kiosk_number}, letter {enrolment.letter}" if enrolment.kiosk_number else ""
    click.echo(f"{enrolment.name} is enrolled at {enrolment.site}{place}.\n\n    {outcome.words}\n")
    click.echo(
        "The server must show the same six words. If not: do not start this device, and tell who runs the server."
    )
    click.echo("Start it (again), so that this takes effect.")
    return 0
