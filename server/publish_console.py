"""`giliran server publish`: what an operator hands down to the kiosks, beside a running server."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from kiosk.domain.snapshot import EVERYWHERE
from kiosk.logs import configure_logging
from server.node import open_node
from server.publishing import publish_files
from server.settings import ServerSettings


def run_publish(settings: ServerSettings, catalogue: Path | None, site: Path | None, *, as_json: bool) -> int:
    """Raises KioskError with everything that is wrong with the files; then nothing was published."""
    configure_logging(None)
    node = open_node(settings)
    try:
        published = publish_files(node, catalogue, site)
    finally:
        node.close()
    if as_json:
        click.echo(json.dumps([asdict(each) for each in published]))
        return 0
    for each in published:
        whose = "every site" if each.site_id == EVERYWHERE else each.site_id
        verdict = "Published" if each.is_new else "Unchanged since"
        click.echo(f"{verdict} {each.kind} {each.version}, for {whose}.")
    return 0
