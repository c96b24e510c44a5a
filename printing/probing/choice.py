"""Which device is to be probed, and where what is found out is to go."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from kiosk.config import KioskConfig, load_config
from kiosk.errors import PrintError
from printing.inspecting.chosen import lock_kiosk
from printing.known_profile import AUTO, FILE_ENDING, probed_file, slug

_USUAL_CONFIG: Final = Path("kiosk.toml")


@contextmanager
def chosen(device: str | None, config_file: Path | None, out: Path | None) -> Iterator[tuple[str, Path, str]]:
    """The address, the profile's file, and what is left to be done by hand; while no kiosk of these settings can start.

    Raises KioskError, and click.UsageError where several printers might be meant.
    """
    if out is not None and out.suffix != FILE_ENDING:
        raise click.UsageError(f"{out} must end in {FILE_ENDING}: so it is known as a file in the settings.")
    if device is None and config_file is None and _USUAL_CONFIG.is_file():
        config_file = _USUAL_CONFIG
    if config_file is None:
        device = device or _the_only_one()
        file = out or Path(f"printer-{slug(device)}.toml")
        settings = f'printer.device = "{device}" and printer.profile = "{file.absolute()}"'
        yield device, file, f"For a kiosk, set {settings} in its settings."
        return
    config = load_config(config_file)
    device = _absolute(device or config.printer.device)
    file = out or probed_file(device, config.data_dir)
    lock = lock_kiosk(config)
    try:
        yield device, file, _left_to_do(config_file, config, device, file, is_own_file=out is not None)
    finally:
        if lock is not None:
            lock.release()


def _left_to_do(config_file: Path, config: KioskConfig, device: str, file: Path, *, is_own_file: bool) -> str:
    """What the kiosk's settings lack for this printer with this profile."""
    printer = config.printer
    wanted = str(file) if is_own_file else AUTO
    settings = {printer.device: ("profile", printer.profile)}
    if printer.fallback is not None:
        settings.setdefault(printer.fallback, ("fallback_profile", printer.fallback_profile))
    name, profile = settings.get(device, ("profile", ""))
    lines = [] if device in settings else [f'printer.device = "{device}"']
    if profile not in {wanted, str(Path(wanted).absolute())}:
        lines.append(f'printer.{name} = "{wanted}"')
    if lines:
        return f"In {config_file}, set {' and '.join(lines)}; then start the kiosk again."
    return "The kiosk takes it from its next start."


def _absolute(device: str) -> str:
    """As the settings have it, for the folder of a simulated printer."""
    kind, _, folder = device.partition(":")
    return f"sim:{Path(folder).absolute()}" if kind == "sim" and folder else device


def _the_only_one() -> str:
    from printing.transports.discovery import find_devices  # noqa: PLC0415  # reads the system's buses

    found = find_devices()
    if not found:
        raise PrintError("No printer is plugged in here. Name a network printer: giliran printer probe tcp://HOST:9100")
    if len(found) > 1:
        lines = "".join(f"\n  giliran printer probe {device.url}   # {device.description}" for device in found)
        raise click.UsageError(f"Several printers may be meant; choose one:{lines}")
    click.echo(f"Found {found[0].description}.", err=True)
    return found[0].url
