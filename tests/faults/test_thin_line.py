"""N13: a line of 64 kbit/s and a long backlog. What is happening now is not to wait for what happened yesterday."""

import threading
import time
from pathlib import Path

from kiosk.sync.pace import Pace
from tests.bad_network import Proxy, thin
from tests.paired_kiosk import held, pair, paired_kiosk, site_server

BYTES_PER_S = 8_000
YESTERDAY = 3_000
LIVE_WITHIN_S = 10.0


def test_n13_a_live_ticket_overtakes_the_backlog_on_a_thin_line(tmp_path: Path) -> None:
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    with paired_kiosk(kiosk_dir, identity, "http://127.0.0.1:9") as kiosk:
        kiosk.engine.stop()
        kiosk.write(YESTERDAY)
    with (
        site_server(server_dir) as server,
        Proxy(thin(server.url, BYTES_PER_S)) as line,
        paired_kiosk(kiosk_dir, identity, line.url, Pace()) as kiosk,
    ):
        kiosk.wait_until(lambda status: status.last_contact is not None)
        now = kiosk.store.node.incarnation

        def arrived(incarnation: str) -> int:
            return len(held(server_dir, identity.device_id).get(incarnation, ()))

        for _ in range(3):
            kiosk.issue()
            began = time.monotonic()
            wanted = len(kiosk.log()[now])
            while arrived(now) < wanted:
                assert time.monotonic() - began < LIVE_WITHIN_S, "the ticket waits for the backlog"
                threading.Event().wait(0.05)
        assert kiosk.engine.status.backlog > 0, "the backlog was none"
