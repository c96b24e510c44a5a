"""`giliran server promote`: a standby takes over, or a server that was fenced by mistake counts again."""

import click

from kiosk.clock import SystemClock
from kiosk.lock import FolderLock
from kiosk.logs import configure_logging
from server.epochs import raise_epoch
from server.node import open_node
from server.ownership import claim, take_over
from server.remembered import remember
from server.settings import Role, ServerSettings


def run_promote(settings: ServerSettings, *, takes_over: bool = True) -> int:
    """`takes_over`: a database that was another server's, too.

    Raises StoreLockedError while the server runs, because it would not learn of its new epoch, and OwnershipError.
    """
    configure_logging(settings.data_dir)
    lock = FolderLock(settings.data_dir)
    try:
        node = open_node(settings)
        try:
            (take_over if takes_over else claim)(node)
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
