pragma Singleton

import QtQuick
import Giliran

/** Sentences that several screens say. Functions, so that a change of language reaches every binding. */
QtObject {
    /** How busy a queue is; empty when unknown. */
    function waiting(count: int): string {
        if (count < 0)
            return "";
        return count === 0 ? qsTr("Tanpa antre") : qsTr("%n menunggu", "people in a queue", count);
    }

    function services(count: int): string {
        return qsTr("%n layanan", "services", count);
    }

    /** Joins what is known about a thing into one line. */
    function line(parts: list<string>): string {
        return parts.filter(part => part !== "").join(" · ");
    }

    /** Joins whole sentences. */
    function sentences(parts: list<string>): string {
        return parts.filter(part => part !== "").join(" ");
    }

    function greeting(partOfDay: int): string {
        switch (partOfDay) {
        case KioskViewModel.PartOfDay.Morning:
            return qsTr("Selamat pagi.");
        case KioskViewModel.PartOfDay.Noon:
            return qsTr("Selamat siang.");
        case KioskViewModel.PartOfDay.Afternoon:
            return qsTr("Selamat sore.");
        default:
            return qsTr("Selamat malam.");
        }
    }

    /** The sentence for a key of `KioskViewModel.problem`. */
    function problem(key: string): string {
        switch (key) {
        case "":
            return "";
        case "ticket_not_saved":
            return qsTr("Nomor belum dibuat karena ada gangguan. Silakan coba sekali lagi.");
        case "queue_closed":
            return qsTr("Antrean ini baru saja ditutup. Silakan pilih layanan lain.");
        case "visit_full":
            return qsTr("Satu tiket memuat paling banyak 4 layanan.");
        case "quota_reached":
            return qsTr("Nomor untuk hari ini sudah habis. Silakan pilih layanan lain atau datang lagi besok.");
        case "not_reprinted":
            return qsTr("Tiket belum bisa dicetak ulang. Foto layar ini sebagai tiket.");
        default:
            return qsTr("Ada gangguan. Silakan coba sekali lagi atau tanyakan kepada petugas.");
        }
    }

    /** What keeps the printer from printing, in a visitor's words. */
    function printerTrouble(kind: int): string {
        switch (kind) {
        case KioskViewModel.PrinterTroubleKind.NoTrouble:
            return "";
        case KioskViewModel.PrinterTroubleKind.NoPaper:
            return qsTr("Kertas tiket sedang habis.");
        case KioskViewModel.PrinterTroubleKind.CoverOpen:
            return qsTr("Penutup pencetak sedang terbuka.");
        case KioskViewModel.PrinterTroubleKind.Cutter:
            return qsTr("Pencetak sedang macet.");
        case KioskViewModel.PrinterTroubleKind.Overheated:
            return qsTr("Pencetak sedang terlalu panas.");
        case KioskViewModel.PrinterTroubleKind.Unreachable:
            return qsTr("Pencetak sedang tidak terhubung.");
        default:
            return qsTr("Pencetak sedang terganggu.");
        }
    }

    /** The same for who has no number yet: what will happen instead. Empty while the printer works. */
    function printerTroubleAhead(kind: int): string {
        return kind === KioskViewModel.PrinterTroubleKind.NoTrouble ? "" : Words.sentences([Words.printerTrouble(kind), qsTr("Tiket Anda akan tampil di layar untuk difoto.")]);
    }

    /** Only what is true: where nobody hears of the trouble by itself, the visitor is asked to tell. */
    function staff(areTold: bool): string {
        return areTold ? qsTr("Petugas sedang diberi tahu.") : qsTr("Mohon beri tahu petugas.");
    }
}
