"""The words of the status page. Indonesian first; a technician reads them, so they say what to do."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Final

from kiosk.domain.language import Language, Text

WORDS: Final[Mapping[str, Text]] = {
    "title": Text("Keadaan", "Status"),
    "site_server": Text("Server gedung", "Site server"),
    "central_server": Text("Server pusat", "Central server"),
    "language": Text("Bahasa", "Language"),
    "clock_unknown": Text("jam tidak dapat dipercaya", "clock not trusted"),
    "all_good": Text("Semua berjalan baik", "All is well"),
    "all_ready": Text("Server siap", "The server is ready"),
    "waiting_for_word": Text("Menunggu kabar", "Waiting for word"),
    "some_notice": Text("Ada yang perlu dilihat", "Something wants a look"),
    "some_trouble": Text("Perlu tindakan", "Action needed"),
    "to_do": Text("Yang perlu dikerjakan", "What to do"),
    "good": Text("Baik", "Good"),
    "notice": Text("Perlu dilihat", "Look"),
    "trouble": Text("Gangguan", "Trouble"),
    "silent": Text("Tidak terdengar", "Silent"),
    "never": Text("Belum terhubung", "Never heard"),
    "devices": Text("Anjungan dan perangkat", "Kiosks and devices"),
    "sites": Text("Gedung", "Sites"),
    "devices_note": Text("Seperti yang terakhir dilaporkan tiap perangkat.", "As each device last reported."),
    "name": Text("Nama", "Name"),
    "state": Text("Keadaan", "State"),
    "heard": Text("Terakhir terdengar", "Last heard"),
    "ago": Text("{age} lalu", "{age} ago"),
    "just_now": Text("baru saja", "just now"),
    "unsent": Text("Belum terkirim", "Not sent yet"),
    "oldest": Text("tertua {age}", "oldest {age}"),
    "none": Text("tidak ada", "none"),
    "printer": Text("Printer", "Printer"),
    "slips_left": Text("± {count} tiket lagi", "± {count} tickets left"),
    "fallback_used": Text("printer kedua dipakai", "second printer in use"),
    "cannot_confirm": Text("tidak dapat memastikan", "cannot confirm"),
    "clock": Text("Jam", "Clock"),
    "clock_right": Text("tepat", "right"),
    "clock_not_trusted": Text("tidak dipercaya", "not trusted"),
    "disk": Text("Ruang cakram", "Disk space"),
    "free": Text("{size} bebas", "{size} free"),
    "version": Text("Versi", "Version"),
    "unknown": Text("belum diketahui", "not known"),
    "revoked": Text("{count} perangkat sudah dicabut dan tidak ditampilkan.", "{count} revoked devices are not shown."),
    "no_devices": Text("Belum ada anjungan yang disandingkan", "No kiosk is paired yet"),
    "no_sites": Text("Belum ada gedung yang disandingkan", "No site is paired yet"),
    "no_devices_do": Text(
        "Jalankan perintah ini di mesin server, lalu ketikkan kode yang muncul di anjungan:",
        "Run this on the server's machine, then type the code it shows at the kiosk:",
    ),
    "no_sites_do": Text(
        "Jalankan perintah ini di mesin pusat, lalu ketikkan kode yang muncul di server gedung:",
        "Run this on the central machine, then type the code it shows at the site's server:",
    ),
    "then_at_kiosk": Text("Di anjungan:", "At the kiosk:"),
    "then_at_site": Text("Di server gedung:", "At the site's server:"),
    "code": Text("KODE", "CODE"),
    "which_site": Text(
        "ID: nama gedung dengan huruf kecil, misalnya mpp-jakarta.",
        "ID: the site's name in small letters, such as mpp-jakarta.",
    ),
    "not_readable": Text(
        "Basis data tidak menjawab, jadi daftar ini tidak dapat dibaca. Anjungan memakai nomornya sendiri.",
        "The database does not answer, so this list cannot be read. Kiosks go on with numbers of their own series.",
    ),
    "not_readable_central": Text(
        "Basis data tidak menjawab, jadi daftar ini tidak dapat dibaca. Gedung tetap berjalan dan mengirim lagi nanti.",
        "The database does not answer, so this list cannot be read. The sites go on, and send again later.",
    ),
    "server": Text("Server ini", "This server"),
    "epoch": Text("Masa (epoch)", "Epoch"),
    "service_day": Text("Hari layanan", "Service day"),
    "no_day": Text("belum dibuka", "not opened yet"),
    "database": Text("Basis data", "Database"),
    "database_ok": Text("{kind}, utuh", "{kind}, whole"),
    "database_bad": Text("{kind}, tidak dapat dipakai", "{kind}, cannot be used"),
    "running_for": Text("Menyala selama", "Running for"),
    "upstream": Text("Jalan ke pusat", "The way to central"),
    "upstream_none": Text(
        "Tanpa server pusat: gedung ini berdiri sendiri.", "No central server: this site stands alone."
    ),
    "never_yet": Text("belum pernah", "never yet"),
    "queues": Text("Antrean hari ini", "Today's queues"),
    "queues_none": Text("Belum ada nomor yang keluar hari ini.", "No number was given today yet."),
    "queue": Text("Antrean", "Queue"),
    "waiting": Text("menunggu", "waiting"),
    "issued": Text("nomor keluar", "issued"),
    "summary": Text("{issued} nomor hari ini, {waiting} menunggu", "{issued} numbers today, {waiting} waiting"),
    "heard_of": Text("{heard} dari {all} perangkat terdengar", "{heard} of {all} devices heard"),
    "records": Text("Catatan", "Records"),
    "records_good": Text(
        "Tidak ada catatan yang ditolak, diparkir, atau bercabang.", "Nothing was refused, parked or forked."
    ),
    "refused": Text("Kiriman ditolak sejak server menyala", "Batches refused since the start"),
    "parked": Text("Diparkir: disimpan, belum dapat ditampilkan", "Parked: kept, cannot be shown yet"),
    "forks": Text("Riwayat bercabang", "Forked histories"),
    "fork_same_key": Text("dua catatan dengan satu nomor urut", "two events under one key"),
    "fork_same_parent": Text("cakram dipulihkan atau disalin", "a disk was restored or cloned"),
    "more": Text("dan {count} lagi", "and {count} more"),
    "for_programs": Text("Untuk program", "For programs"),
    "refreshes": Text("Halaman ini diperbarui sendiri tiap 10 detik.", "This page renews itself every 10 seconds."),
    "do_silent": Text(
        "Tidak terdengar selama {age}. Periksa listrik dan jaringannya; selama mesinnya hidup, nomor tetap keluar.",
        "Not heard for {age}. Check its power and network; while it runs, it goes on giving numbers.",
    ),
    "do_nobody": Text(
        "Tidak satu perangkat pun terdengar (0 dari {all}). Periksa jaringannya, dan alamat server ini di perangkat.",
        "Not one device is heard (0 of {all}). Check the network, and this server's address at the devices.",
    ),
    "do_printer": Text("Printer: {state}. {action}", "Printer: {state}. {action}"),
    "unseen": Text("{count} struk tanpa pemegang", "{count} slips that nobody brought"),
    "do_unseen": Text(
        "Printer menyatakan struk tercetak, tetapi {count} tiket terakhirnya dipanggil dan tak seorang pun datang."
        " Cetak halaman uji dan lihat kertasnya: kepala cetak mati atau kertas terbalik.",
        "The printer confirms its slips, but its last {count} tickets were called and nobody came. Print a test page"
        " and look at the paper: a dead print head, or the paper is upside down.",
    ),
    "do_fallback": Text(
        "Tiket keluar dari printer kedua; yang pertama {state}. Perbaiki sebelum yang kedua ikut berhenti.",
        "Tickets come from the second printer; of the first: {state}. Repair it before the second one stops as well.",
    ),
    "do_alarm": Text("Ada riwayat yang harus dilihat orang.", "A history there needs a person."),
    "do_clock": Text(
        "Jamnya berbeda {age} dari jam server. Setel jam mesin itu.",
        "Its clock is {age} apart from the server's. Set that machine's clock.",
    ),
    "do_clock_trust": Text(
        "Jamnya tidak dapat dipercaya. Setel jam, dan ganti baterai papan induk bila berulang.",
        "Its clock cannot be trusted. Set it, and change the board's battery if it happens again.",
    ),
    "do_backlog": Text(
        "{count} catatan belum sampai di sini, tertua {age}. Lihat layar teknisi di sana.",
        "{count} events have not come here, the oldest {age} ago. See the technician's screen there.",
    ),
    "do_disk": Text("Ruang cakram tinggal {size}. Kosongkan.", "Only {size} of disk are left. Make room."),
}

PRINTER_ACTIONS: Final[Mapping[str, Text]] = {
    "paper_low": Text("Siapkan gulungan baru.", "Have a new roll at hand."),
    "no_paper": Text("Pasang gulungan baru.", "Put in a new roll."),
    "cover_open": Text("Tutup penutupnya.", "Close the cover."),
    "cutter": Text("Buka penutup dan bersihkan pisaunya.", "Open the cover and free the cutter."),
    "overheated": Text("Biarkan dingin beberapa menit.", "Let it cool for some minutes."),
    "unreachable": Text("Periksa kabel dan listriknya.", "Check its cable and power."),
    "other": Text("Lihat lampu di printernya.", "Look at the lights on the printer."),
}


def words_in(language: Language) -> SimpleNamespace:
    """Each of WORDS by its name; a name that is not there is an AttributeError."""
    return SimpleNamespace(**{name: text.in_language(language) for name, text in WORDS.items()})
