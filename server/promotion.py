"""`giliran server promote`: a standby takes over, or a server that was fenced by mistake counts again."""

import click

from kiosk.clock import SystemClock
from kiosk.lock import FolderLock
from kiosk.logs import configure_logging
from server.epochs import raise_epoch
from server.node import open_node
from server.remembered import remember
from server.settings import Role, ServerSettings


def run_promote(settings: ServerSettings) -> int:
    """Raises StoreLockedError while the server runs: it would not learn of its new epoch."""
    configure_logging(settings.data_dir)
    lock = FolderLock(settings.data_dir)
    try:
        node = open_node(settings)
        try:
            epoch = raise_epoch(node.database, node.role, node.own_log, SystemClock())
            remember(settings)
        finally:
            node.close()
    finally:
        lock.release()
    click.echo(f"This is epoch {epoch} now: whatever a server of an earlier one says, no device listens to it.")
    if settings.role is Role.SITE:
        click.echo("After its start it waits for the kiosks to say which numbers they hold, at most a minute.")
    return 0
