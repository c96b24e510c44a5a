"""Why something was not done: of each refusal its sentence, tone and symbol."""

from collections.abc import Mapping
from typing import Final

from kiosk.domain.language import Language, Text
from kiosk.sync.desk_wire import Answer, Refusal
from ui.desk.tones import Tone
from ui.desk.verdicts import Said, Saying

SAYINGS: Final[Mapping[Refusal, Saying]] = {
    Refusal.WRONG_PIN: Saying(
        Text("Nomor petugas atau PIN salah", "Wrong staff number or PIN"),
        Text("Periksa keduanya, lalu coba lagi.", "Check both, then try again."),
        Tone.STOP,
        "key",
    ),
    Refusal.WAIT: Saying(
        Text("Terlalu sering salah", "Wrong too often"),
        Text("Coba lagi setelah {wait} detik.", "Try again in {wait} seconds."),
        Tone.MIND,
        "clock",
    ),
    Refusal.LOCKED: Saying(
        Text("Nomor petugas ini terkunci", "This staff number is locked"),
        Text("Minta pengawas membuka kuncinya.", "Ask your supervisor to unlock it."),
        Tone.STOP,
        "user-minus",
    ),
    Refusal.WEAK_PIN: Saying(
        Text("PIN baru terlalu mudah ditebak", "The new PIN is too easy to guess"),
        Text("Jangan angka kembar, berurutan, atau tanggal.", "No repeated or counting digits, and no date."),
        Tone.MIND,
        "key",
    ),
    Refusal.MUST_CHANGE: Saying(
        Text("PIN harus diganti", "The PIN must be changed"),
        Text("Buat PIN sendiri yang hanya Anda ketahui.", "Choose one that only you know."),
        Tone.NOTICE,
        "pencil-simple-line",
    ),
    Refusal.SIGNED_OUT: Saying(
        Text("Anda sudah keluar", "You were signed out"),
        Text("Masuk sekali lagi.", "Sign in once more."),
        Tone.MIND,
        "sign-out",
    ),
    Refusal.NOT_ALLOWED: Saying(
        Text("Hanya pengawas yang boleh", "Only a supervisor may"),
        Text("Panggil pengawas bila perlu.", "Call your supervisor if need be."),
        Tone.MIND,
        "identification-card",
    ),
    Refusal.NO_COUNTER: Saying(
        Text("Belum ada loket yang dipilih", "No counter was chosen"),
        Text("Pilih loket dengan Ctrl+L.", "Choose one with Ctrl+L."),
        Tone.MIND,
        "storefront",
    ),
    Refusal.COUNTER_TAKEN: Saying(
        Text("Loket ini dipakai petugas lain", "Another officer has this counter"),
        Text("Pilih loket lain dengan Ctrl+L.", "Choose another with Ctrl+L."),
        Tone.MIND,
        "users-three",
    ),
    Refusal.COUNTER_CLOSED: Saying(
        Text("Loket ini sedang tidak buka", "This counter is not open"),
        Text("Buka dengan F12.", "Open it with F12."),
        Tone.MIND,
        "storefront",
    ),
    Refusal.COUNTER_BUSY: Saying(
        Text("Masih ada pengunjung di loket ini", "Somebody is still at this counter"),
        Text("Selesaikan (F5) atau tunda (F7) dahulu.", "Complete (F5) or park (F7) first."),
        Tone.MIND,
        "users-three",
    ),
    Refusal.NOBODY_WAITS: Saying(
        Text("Tidak ada yang menunggu", "Nobody is waiting"),
        Text("Antrean loket ini kosong.", "The line of this counter is empty."),
        Tone.NOTICE,
        "check-circle",
    ),
    Refusal.NOBODY_HERE: Saying(
        Text("Belum ada pengunjung di loket ini", "Nobody is at this counter"),
        Text("Panggil (F2) atau pindai tiketnya.", "Call (F2) or scan the ticket."),
        Tone.NOTICE,
        "info",
    ),
    Refusal.TAKEN: Saying(
        Text("Loket lain lebih cepat", "Another counter was quicker"),
        Text("Panggil berikutnya dengan F2.", "Call the next one with F2."),
        Tone.NOTICE,
        "handshake",
    ),
    Refusal.OVERTAKES: Saying(
        Text("Akan mendahului yang lain", "Would overtake others"),
        Text("Yang didahului: {overtaken}.", "Would be overtaken: {overtaken}."),
        Tone.MIND,
        "person-simple-walk",
    ),
    Refusal.NOT_YET_MISSED: Saying(
        Text("Panggil ulang dahulu", "Call again first"),
        Text(
            "Baru sesudah panggilan terakhir boleh ditandai tidak hadir.",
            "Only after the last call may it be given up.",
        ),
        Tone.MIND,
        "megaphone",
    ),
    Refusal.TOO_LATE: Saying(
        Text("Sudah tidak bisa diurungkan", "Too late to undo"),
        Text("Lewat sepuluh detik, atau sudah ada tindakan lain.", "Ten seconds are over, or something else was done."),
        Tone.MIND,
        "clock",
    ),
    Refusal.NOT_POSSIBLE: Saying(
        Text("Tidak bisa dilakukan sekarang", "Not possible now"),
        Text("Keadaan tiketnya sudah berubah.", "The ticket has moved on."),
        Tone.MIND,
        "info",
    ),
    Refusal.PERSONAL: Saying(
        Text("Catatan tampaknya memuat data pribadi", "The note seems to hold personal data"),
        Text("Jangan tulis nama, NIK, nomor telepon, atau alamat.", "Write no name, NIK, phone number or address."),
        Tone.STOP,
        "warning",
    ),
    Refusal.PEOPLE_WAIT: Saying(
        Text("Masih ada yang menunggu", "People are still waiting"),
        Text(
            "{waiting} orang menunggu: pilih apa yang terjadi dengan mereka.",
            "{waiting} waiting: say what happens to them.",
        ),
        Tone.MIND,
        "users-three",
    ),
    Refusal.NO_DAY: Saying(
        Text("Hari layanan belum dibuka", "The service day is not open yet"),
        Text("Tunggu jam buka, atau hubungi pengawas.", "Wait for opening time, or tell your supervisor."),
        Tone.MIND,
        "moon-stars",
    ),
    Refusal.NO_SUCH_QUEUE: Saying(
        Text("Antrean itu tidak ada", "There is no such queue"),
        Text("Pilih dari daftar.", "Choose from the list."),
        Tone.MIND,
        "signpost",
    ),
    Refusal.NO_SUCH_TICKET: Saying(
        Text("Nomor itu tidak ditemukan hari ini", "There is no such number today"),
        Text("Periksa nomornya.", "Check the number."),
        Tone.MIND,
        "magnifying-glass-bold",
    ),
}
"""Every refusal has one (tested)."""


def said_of(answer: Answer, language: Language, waited_s: float = 0) -> Said | None:
    """`waited_s`: so long ago it was said; a wait counts down."""
    if answer.refusal is None:
        return None
    saying = SAYINGS[answer.refusal]
    text = saying.advice.in_language(language).format(
        wait=max(0, round((answer.wait_s or 0) - waited_s)),
        overtaken=_some(answer.overtaken, language),
        waiting=answer.waiting,
    )
    return Said(saying.headline.in_language(language), text, saying.tone, saying.symbol)


def _some(labels: tuple[str, ...], language: Language, most: int = 6) -> str:
    if len(labels) <= most:
        return ", ".join(labels)
    others = len(labels) - most
    return ", ".join(labels[:most]) + Text(f" dan {others} lagi", f" and {others} more").in_language(language)
