"""What a probe tells: in words, and as one JSON document."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, assert_never

from printing.identity import Name
from printing.inspecting.words import sentence
from printing.probing.conclusions import Conclusion
from printing.probing.profile_file import values_of
from printing.probing.questions import Answers, Voice
from printing.probing.slip_trial import Trial
from printing.profile import Confirmation
from printing.status import in_one_word

_FROM_NOW_ON: Final[Mapping[Confirmation, str]] = {
    Confirmation.PROCESS_ID: "From now on each slip is confirmed by its own id (GS ( H).",
    Confirmation.FENCE: "From now on each slip is confirmed by an answer in its turn (GS r).",
    Confirmation.STATUS: "It tells its state, but cannot confirm a slip: the kiosk says so to each visitor.",
    Confirmation.NONE: "It says nothing, so no slip can be confirmed: the kiosk says so to each visitor.",
}


def in_words(device: str, answers: Answers) -> str:
    """What was found by asking."""
    match answers.voice:
        case Voice.SILENT:
            return f"{device} answers nothing."
        case Voice.STRANGER:
            return f"{device} does not answer as a printer."
        case Voice.PRINTER:
            serial = answers.names.get(Name.SERIAL)
            name = answers.identity or "a printer that says no name"
            asked = {
                "status": len(answers.statuses) > 1,
                "GS r": answers.has_fence,
                "GS a": answers.has_reports,
                "GS I": bool(answers.names),
            }
            known = ", ".join(command for command, is_known in asked.items() if is_known) or "DLE EOT 1 alone"
            return (
                f"{device} is {name}{f', serial number {serial}' if serial else ''}: {sentence(answers.status)}.\n"
                f"It answers {known}, each within {answers.slowest_s:.2f} s."
            )
        case _ as never:
            assert_never(never)


def as_document(
    device: str, file: Path, conclusion: Conclusion, answers: Answers, trial: Trial | None
) -> tuple[str, str]:
    """The JSON document, and the words that end the probe."""
    profile, sources = conclusion.profile, conclusion.sources
    document = {
        "device": device,
        "voice": answers.voice.value,
        "status": in_one_word(answers.status) if answers.voice is Voice.PRINTER else None,
        "identity": {name.name.lower(): words for name, words in answers.names.items()},
        "numbers": {str(number): value for number, value in answers.numbers.items()},
        "answers": {
            "dle_eot": [int(question) for question in answers.statuses],
            "gs_r": answers.has_fence,
            "gs_a": answers.has_reports,
            "gs_a_unasked": answers.pushes_reports,
            "slowest_s": answers.slowest_s,
        },
        "slip": None
        if trial is None
        else {
            "paper_mm": round(trial.paper_mm, 1),
            "process_id_s": trial.process_id_s,
            "fence_s": trial.fence_s,
        },
        "profile": {"name": profile.name, **values_of(profile)},
        "sources": dict(sources),
        "notes": conclusion.notes,
        "file": str(file),
    }
    width = f"{profile.dots} dots, {profile.columns} letters a line, paper of {profile.paper_mm} mm"
    letters = f"Letters {profile.code_page} as number {profile.code_page_number} ({sources['code_page'].value})"
    words = "\n".join(
        (
            "",
            *conclusion.notes,
            f"{width} ({sources['dots'].value}).",
            f"{letters}; cutter: {profile.cutter.value} ({sources['cutter'].value}).",
            _FROM_NOW_ON[profile.confirmation],
            f"Written to {file}.",
        )
    )
    return json.dumps(document, indent=2), words
