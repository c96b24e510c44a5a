pragma Singleton

import QtQuick

/** What a board says. Indonesian always comes first; both languages stand side by side, since nobody chooses one here. */
QtObject {
    property bool both: false

    function pair(indonesian: string, english: string): string {
        return both && english !== "" && english !== indonesian ? indonesian + "  ·  " + english : indonesian;
    }

    function floorName(number: int): string {
        if (number === 0)
            return "Lantai dasar";
        return number > 0 ? "Lantai " + number : "Besmen " + -number;
    }

    /** How old the data are, in words that need no reckoning. */
    function age(seconds: int): string {
        if (seconds < 60)
            return pair("data " + seconds + " detik lalu", seconds + " seconds old");
        const minutes = Math.floor(seconds / 60);
        return pair("data " + minutes + " menit lalu", minutes + " min old");
    }
}
