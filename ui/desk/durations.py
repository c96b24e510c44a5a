"""Lengths of time in an officer's words."""

from kiosk.domain.language import Language, Text


def minutes(seconds: int, language: Language) -> str:
    """`12 mnt`, `1 jam 5 mnt`. Half a minute is none."""
    hours, rest = divmod(max(0, seconds) // 60, 60)
    if not hours:
        return Text(f"{rest} mnt", f"{rest} min").in_language(language)
    return Text(f"{hours} jam {rest} mnt", f"{hours} h {rest} min").in_language(language)


def span(low_s: int | None, high_s: int | None, language: Language) -> str:
    """`10-25 mnt`; empty where nothing was promised."""
    if low_s is None or high_s is None:
        return ""
    low, high = low_s // 60, -(-high_s // 60)
    return Text(f"{low}\u2013{high} mnt", f"{low}\u2013{high} min").in_language(language)


def timer(seconds: int) -> str:
    """`04:32`, beyond an hour `1:04:32`."""
    whole = max(0, seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60:02d}:{rest % 60:02d}"
