"""What the environment may do to us. Everything else is our bug: logged, apologised for, restarted.

KioskError                  shown in a sentence, logged once, recovered from
├── StoreError              StoreFull, StoreLocked, StoreCorrupt, StoreReadOnly, StoreDisk, StoreTooNew
├── IdentityError           the kiosk's own key is missing, foreign or damaged
├── SyncError               Offline, ServerBusy, Unauthorised, ProtocolMismatch
├── PrintError              TransportError, ProfileError
└── DataFileError           a catalogue, site or config file; carries every problem found in it
"""

from dataclasses import dataclass


class KioskError(Exception):
    """`str(error)` is one English sentence for the technician that says what to do."""


class StoreError(KioskError): ...


class StoreFullError(StoreError): ...


class StoreLockedError(StoreError): ...


class StoreCorruptError(StoreError): ...


class StoreReadOnlyError(StoreError): ...


class StoreDiskError(StoreError):
    """The disk failed while reading or writing: what it holds is known again only after a restart."""


class StoreTooNewError(StoreError): ...


class IdentityError(KioskError): ...


class SyncError(KioskError): ...


class OfflineError(SyncError): ...


class ServerBusyError(SyncError):
    """`retry_after_s` is what the server asked for, in seconds, or None."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UnauthorisedError(SyncError): ...


class ProtocolMismatchError(SyncError): ...


class FencedError(SyncError):
    """Whoever answers has been replaced by a newer server of this site, and must not be listened to; or, where
    `site_epoch` is given, central says so of the relay that asks.
    """

    def __init__(self, message: str, site_epoch: int | None = None) -> None:
        super().__init__(message)
        self.site_epoch = site_epoch


class PrintError(KioskError): ...


class TransportError(PrintError): ...


class ProfileError(PrintError): ...


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a file: where it is (`agencies.3.services.0.id`) and a sentence."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


class DataFileError(KioskError):
    """A file is refused whole; `problems` lists everything that is wrong with it."""

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        self.name = name
        self.problems = problems
        lines = "".join(f"\n  {problem}" for problem in problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{name} is not used, {count}:{lines}")
