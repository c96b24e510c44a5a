"""The disk under a server: watched as a kiosk's is, with ballast where SQLite lies on it."""

from pathlib import Path

from kiosk.disk_guard import DiskGuard
from server.node import Node


def server_guard(node: Node, data_dir: Path, ballast_bytes: int | None = None) -> DiskGuard:
    """Its `look` is for a chore. A request that found the disk full is refused all the same, and comes again."""
    guard = DiskGuard(data_dir, ballast_bytes if node.database.dialect == "sqlite" else 0)
    node.database.when_full(guard.relieve)
    return guard
