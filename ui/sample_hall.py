"""The sample hall for trying Giliran out at any hour: the shipped hall, open around the clock, as a file to look at."""

import json
from pathlib import Path
from typing import Any, Final

from kiosk.paths import resource_path

SAMPLE_SITE_ID: Final = "mpp-jakarta"
SHIPPED_SITE: Final = "assets/sites/mpp-jakarta.json"


def write_sample_hall(path: Path) -> Path:
    """Write the site file that `giliran run` and `giliran demo` use, and return its path."""
    hall: dict[str, Any] = json.loads(resource_path(SHIPPED_SITE).read_bytes())
    hall["about"] = {"note": "Written by giliran run and giliran demo: the sample hall, open around the clock."}
    hall["hours"] = {weekday: [["00:00", "24:00"]] for weekday in hall["hours"]}
    hall["exceptions"] = []
    hall["friday_break"] = None
    for queue in hall["queues"]:
        queue |= {"hours": None, "cut_off_minutes": 0, "quota": None, "force_closed": None}
    hall["id"] = SAMPLE_SITE_ID
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(hall, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
