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

    function printerTrouble(kind: int): string {
        switch (kind) {
        case KioskViewModel.PrinterTroubleKind.NoTrouble:
            return "";
        case KioskViewModel.PrinterTroubleKind.NoPaper:
            return qsTr("Kertas tiket sedang habis. Tiket Anda akan tampil di layar untuk difoto.");
        default:
            return qsTr("Pencetak sedang terganggu. Tiket Anda akan tampil di layar untuk difoto.");
        }
    }
}
