"""Logging: JSON lines in a bounded file, readable lines on a developer's console. Log changes, not conditions.

`error`: an operator must act. `warning`: recovered, look at it next week. `info`: facts. `debug`: the rest.
Never: names, phones, NIKs, tokens, keys. `docs/log-events.md` is written from EVENTS (scripts/write_docs.py).
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import structlog
from structlog.stdlib import ProcessorFormatter

from kiosk.errors import StoreReadOnlyError
from kiosk.paths import make_folder

EVENTS: Final[Mapping[str, str]] = {
    "ballast_given": "The disk was full: the room kept for this is given back, and work goes on. Free some now.",
    "batch_refused": "The server took none, or only the first, of a batch of events; the code says why.",
    "board_cut_off": "A board hears nothing of the server: it shows how old its data are, and announces nothing.",
    "board_live": "A board hears of every change in the hall (again).",
    "call_not_said": "A board's voice had so many calls before this one that it was too late: give it fewer zones.",
    "camera_missing": "No camera as desk.toml names it; the desk reads tickets by scanner. `found`: what is there.",
    "central_lost": "Central does not answer, or does not want this site; the hall goes on and the log waits.",
    "central_reached": "Central answers (again), and the logs of the site are being sent.",
    "chore_failed": "A bug in one of the things a server does by itself; it is tried again in its next round.",
    "clocks_disagree": "A device and the server both trust their clocks, which differ by more than a day: set one.",
    "data_file_refused": "Catalogue or site file are broken: the last good ones stay in force until they are repaired.",
    "data_renewed": "A new catalogue or site file from the server is in force, while nobody stood at the kiosk.",
    "data_waits": "A new site file gives a letter on today's tickets a new meaning: it waits until that day is over.",
    "database_damaged": "The server's look at its database found damage: stop it, keep its files, restore a backup.",
    "day_closed": "A service day is over at a site: whoever still waited there has gone.",
    "day_doubted": "The server's clock names a day too far ahead, and nobody confirms it: the old day goes on.",
    "day_opened": "A service day has begun at a site; numbers count from 1.",
    "desk_failed": "A bug in one of a counter's deeds, or in its look at the hall; the next one goes on.",
    "desk_memory_lost": "What a counter noted for a start without its server cannot be read or kept; its log is whole.",
    "device_enrolled": "A device brought a pairing code and was let in; who it is lies in the log of events.",
    "device_revoked": "A person shut a device out; its next request is refused.",
    "disk_has_room": "There is room on the disk again.",
    "disk_low": "Little room is left on the disk: free some this week.",
    "disk_nearly_full": "Hardly any room is left on the disk: free some now; only errors are logged until then.",
    "disk_not_measured": "How much room the disk has, or its ballast, cannot be told: the disk may be failing.",
    "disk_restored": "The database is older than the witness outside of it knows: it was put back to an earlier day.",
    "epoch_doubted": "A server named an epoch that none can have reached: not remembered; look who is on the line.",
    "event_not_rebuilt": "An event that the server gave back cannot be read by this version: only the log keeps it.",
    "events_parked": "Events were kept and acknowledged that this version cannot project; a later one will.",
    "events_pruned": "Events too old to be kept are gone, and what they made; their totals stay at central.",
    "fork_seen": "Two histories of one kiosk reached the server: its disk was cloned or restored.",
    "hall_not_read": "The store could not tell who waits and what is open; screens keep what they showed.",
    "history_recovered": "A restored disk lacked events that upstream held; they were fetched back. Look at it.",
    "housekeeping_failed": "Old events could not be let go of: a bug of ours; nothing is lost, and it is tried again.",
    "identity_set_aside": "The data folder came from another machine: its identity is set aside; pair this kiosk anew.",
    "kiosk_not_started": "The kiosk could not start; `problem` says why, and its screen that it is out of service.",
    "last_visitor_not_read": "After a restart the store could not say who stood here last; the welcome is shown.",
    "label_given_twice": "Two tickets have one label: a kiosk was cloned or has another's letter; the second waits.",
    "lock_waited_for": "A deed waited in vain for others in the server's database, and is tried once more: it is slow.",
    "log_imported": "The log of a kiosk was taken in from a file that somebody carried here.",
    "numbers_doubted": "A device told of numbers or days that cannot be true; they are ignored: look at that device.",
    "old_server_refused": "A server answers that a newer one has replaced: nothing it says is used. A person must act.",
    "own_numbers_used": "The server gives no numbers now; this kiosk counts in its own series until it does again.",
    "pairing_code_refused": "Somebody brought a pairing code that is not right; five such tries wear a code out.",
    "pairing_failed": "A site server on this machine did not take the kiosk; its tickets wait here.",
    "parked_events_projected": "Events that this server could not use before have found their place.",
    "printer_fallback_left": "The first printer is good again and prints; said once.",
    "printer_fallback_used": "The second printer prints, because the first cannot: a person must look at that one.",
    "printer_lost": "The printer needs a person, or no longer answers; said once.",
    "printer_recovered": "The printer is ready again.",
    "printer_rested": "Slips in a row ended without a verdict: printing stops until the printer was clean for a while.",
    "printer_status_not_stored": "How the printer fares could not be written into the log; said once, and tried again.",
    "program_failed": "A bug ended the program; the traceback is here, and whoever watches it starts it again.",
    "qml_warned": "A screen's QML has a fault.",
    "qt_failed": "Qt reported an error.",
    "qt_spoke": "Qt said something for developers.",
    "qt_warned": "Qt reported a warning.",
    "recovery_ended": "A restored server gives numbers again; `missing` kiosks said no hello, so the numbers jumped.",
    "request_failed": "A bug in answering one request; the traceback is here.",
    "reserved_day_refused": "The site server reserved a number of a day that is over here, or cannot be; own series.",
    "reserved_number_refused": "The site server reserved a number that is not beyond those already on paper.",
    "roll_forgotten": "What was remembered of a printer's roll cannot be read: it is unknown until a new roll is in.",
    "roll_not_kept": "How much paper a printer has used cannot be written down; slips go on. Look at the disk.",
    "said_calls_lost": "A board cannot keep or read what it has said: if started anew, it may say young calls again.",
    "server_fenced": "A device has seen a later life of this server: this one gives no numbers and takes nothing.",
    "server_lost": "The server does not answer, or does not want this kiosk; issuing goes on and the log waits.",
    "server_reached": "The server answers (again), and the log is being sent.",
    "server_restored": "The server holds less than it acknowledged: it came from an older copy, and is sent the rest.",
    "server_started": "The server listens.",
    "server_stopped": "The server has finished its open requests and closed its database.",
    "server_store_failed": "The server's database refused a request: full, locked or damaged. Kiosks will try again.",
    "shared_numbers_used": "The server gives the numbers (again): all kiosks of the site share one series.",
    "slip_finished": "A slip has its verdict.",
    "slip_not_rendered": "A bug: the slip could not be drawn, so nothing was printed.",
    "slips_seen": "Somebody came with a slip of a kiosk that was under suspicion: its printer prints.",
    "slips_unseen": "A printer confirms slips, but nobody comes with them: print a test page there, look at the paper.",
    "snapshot_published": "This server has sealed a new catalogue, site file or trust list for its devices.",
    "snapshot_refused": "A file from the server is not taken (signature, older, broken): the last good one stays.",
    "snapshot_taken": "A new file came down, was checked and is kept.",
    "speech_stalled": "A board's voice did not end in time: the next call goes on. Look at its sound system.",
    "spooler_failed": "A bug in one round of the spooler; the next round goes on.",
    "spooler_hindered": "The store or the device kept the spooler from one round of work.",
    "staff_locked": "An account was locked by fifteen wrong PINs in a row: ask who tried, and at which desk.",
    "store_failed": "Disk or database are damaged: nothing more is written until the program is started again.",
    "store_opened": "The database is open and checked, and a new incarnation has begun.",
    "sync_alarm_raised": "Server and kiosk hold different histories, or an event is refused: a person must look.",
    "sync_failed": "A bug of ours ended one round of sync; it goes on after a pause.",
    "ticket_shown_not_stored": "A visitor took the number from the screen, or said that paper came: not recorded.",
    "tickets_abandoned": "Tickets without paper, on no screen any more: nobody holds them, so they left their queues.",
    "upstream_lacks_pruned": "A restored server lacks events that were pruned here; it must fetch them from central.",
    "upstream_not_enrolled": "A site server is to relay to central, which has not let it in; `detail` says what to do.",
    "visit_told_from_paper": "Nobody answered for a slip that was scanned; it was told what its paper says. `reason`.",
    "visitor_not_served": "The environment kept a visitor from getting a number or a copy; `problem` says why.",
    "voice_troubled": "A board lacks its voice or a part of it; `problem` says what to do. It rings and flashes.",
    "witness_failed": "The witness of a kiosk's starts cannot be read or written; issuing goes on without it.",
}
"""Every event name, and what has happened, in a sentence for whoever reads the log."""

SECRETS: Final = frozenset(
    {"email", "key", "name", "nik", "password", "phone", "pin", "private_key", "qr", "secret", "signature", "token"}
)
"""Facts with these names never reach a log, whoever logs them."""

FILE_NAME: Final = "giliran.log"
MAX_FILE_BYTES: Final = 10 * 1024 * 1024
KEPT_FILES: Final = 5

_OUR_PACKAGES: Final = ("kiosk", "printing", "server", "ui")
_errors_only = threading.Event()
_BURST: Final = 20
_PER_SECOND: Final = 1.0


class _PrivateLog(RotatingFileHandler):
    """Mode 0600, of every file that it begins: a log names devices and addresses."""

    def _open(self) -> TextIOWrapper:
        def opener(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=opener)


def configure_logging(directory: Path | None, *, console: bool = False) -> None:
    """Send log lines, ours and the libraries', to `<directory>/giliran.log` and, if asked, to standard error.

    Call it before other imports: a library that configures logging (escpos does) then finds it done.

    Raises StoreReadOnlyError where the folder cannot be made or written.
    """
    # A full disk must stop the log, not the kiosk, and must not fill another log with tracebacks.
    logging.raiseExceptions = False
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    if directory is not None:
        make_folder(directory)
        try:
            file = _PrivateLog(directory / FILE_NAME, maxBytes=MAX_FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
        except OSError as error:
            raise StoreReadOnlyError(f"No log can be written in {directory}: {error.strerror}.") from error
        file.addFilter(_only_errors_where_asked)
        _attach(file, structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(default=str))
    if console:
        _attach(logging.StreamHandler(), structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()))
    root.setLevel(logging.WARNING)
    for package in _OUR_PACKAGES:
        logging.getLogger(package).setLevel(logging.INFO)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_FACTS, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def drop_secrets(_logger: object, _method: str, facts: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last hand before a line is written: what must not be there is not."""
    return {fact: value for fact, value in facts.items() if fact.lower() not in SECRETS}


def log_errors_only(*, is_wanted: bool) -> None:
    """While a disk is nearly full its log file takes errors and nothing else."""
    if is_wanted:
        _errors_only.set()
    else:
        _errors_only.clear()


def _only_errors_where_asked(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR or not _errors_only.is_set()


class FloodControl(logging.Filter):
    """A token bucket for each event: a printer that flaps a hundred times a second fills no disk.

    The first line after a silence says how many were suppressed.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._buckets: dict[str, tuple[float, float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        event = str(record.msg["event"] if isinstance(record.msg, dict) else record.msg)
        now = self._monotonic()
        left, since, suppressed = self._buckets.get(event, (float(_BURST), now, 0))
        left = min(_BURST, left + (now - since) * _PER_SECOND)
        if left < 1:
            self._buckets[event] = (left, now, suppressed + 1)
            return False
        self._buckets[event] = (left - 1, now, 0)
        if suppressed:
            record.suppressed = suppressed
        return True


def events_document() -> str:
    """What `docs/log-events.md` holds."""
    rows = "".join(f"| `{name}` | {sentence} |\n" for name, sentence in sorted(EVENTS.items()))
    return (
        "# What the log says\n\nOne JSON object a line, in `logs/giliran.log` under the kiosk's data folder; at most"
        f" {KEPT_FILES + 1} files of {MAX_FILE_BYTES // 2**20} MB. `event` names what happened, the other fields are"
        " its facts. A line that carries\n`suppressed` stands for so many more of its kind before it.\n"
        "Written by `python -m scripts.write_docs` from kiosk/logs.py.\n\n"
        f"| event | what has happened |\n| --- | --- |\n{rows}"
    )


_FACTS: Final[tuple[Any, ...]] = (
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_secrets,
)


def _attach(handler: logging.Handler, *renderers: Any) -> None:
    handler.addFilter(FloodControl())
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=_FACTS,
            processors=[_add_suppressed, ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    logging.getLogger().addHandler(handler)


def _add_suppressed(_logger: object, _method: str, facts: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    suppressed = getattr(facts["_record"], "suppressed", None)
    return facts if suppressed is None else {**facts, "suppressed": suppressed}
