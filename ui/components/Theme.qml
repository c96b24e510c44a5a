pragma Singleton

import QtQuick

/**
 * The only place with colours, sizes, fonts and durations.
 *
 * Lengths are pixels worked out from millimetres of the real panel, so that a finger meets the same target and an eye
 * the same letters on every machine. Text at least 6.1 mm high in capitals (EN 301 549, 5.1.4, read from 500 mm),
 * targets at least 20 mm, text contrast at least 7:1, edges of controls at least 3:1.
 */
QtObject {
    id: root

    /** Pixels in a millimetre of the panel. Main sets it; the default is a 27" portrait panel of 1080 pixels. */
    property real mm: 1080 / 336
    /** The visitor's text size, 1.0 to 2.0. */
    property real textScale: 1
    /** Lying panels have little height: what frames the content is lower there. */
    property bool wide: false
    property bool highContrast: false
    property bool animated: true

    // ---- colour ---------------------------------------------------------------------------------------------------
    readonly property color paper: highContrast ? "#000000" : "#FBF7EF"
    readonly property color card: highContrast ? "#000000" : "#FFFFFF"
    readonly property color ink: highContrast ? "#FFFFFF" : "#13212C"
    readonly property color softInk: highContrast ? "#FFFFFF" : "#3E4C57"
    /** Parts a surface that nobody presses. */
    readonly property color hairline: highContrast ? "#9A9A9A" : "#E5DCCB"
    /** The edge of what can be pressed: 3:1 against paper and card. */
    readonly property color edge: highContrast ? "#FFFFFF" : "#958567"

    readonly property color primary: highContrast ? "#FFE14D" : "#0B4A6F"
    readonly property color primaryDeep: highContrast ? "#B89B00" : "#062F48"
    readonly property color primaryInk: highContrast ? "#000000" : "#FFFFFF"
    readonly property color primaryTint: highContrast ? "#1C1C1C" : "#E3EEF4"

    readonly property color accent: highContrast ? "#FFE14D" : "#F2A51A"
    readonly property color accentDeep: highContrast ? "#B89B00" : "#A86D05"
    readonly property color accentInk: highContrast ? "#000000" : "#13212C"
    readonly property color accentTint: highContrast ? "#000000" : "#FDF0D5"

    readonly property color good: highContrast ? "#7CF2B4" : "#0D573C"
    readonly property color goodInk: highContrast ? "#000000" : "#FFFFFF"
    readonly property color goodTint: highContrast ? "#000000" : "#E0F1EA"
    readonly property color warning: highContrast ? "#FFB59E" : "#8A2B17"
    readonly property color warningInk: highContrast ? "#000000" : "#FFFFFF"
    readonly property color warningTint: highContrast ? "#000000" : "#FBE6E0"

    /** Header, ticket and attract: the deep ground, and what stands on it. */
    readonly property color hero: highContrast ? "#000000" : "#0B4A6F"
    readonly property color heroDeep: highContrast ? "#333333" : "#083A58"
    readonly property color heroRaised: highContrast ? "#000000" : "#0E577F"
    readonly property color heroEdge: highContrast ? "#FFFFFF" : "#8DB6CD"
    readonly property color heroInk: "#FFFFFF"
    readonly property color heroSoftInk: highContrast ? "#FFFFFF" : "#DCE9F0"

    /** The colours of what is said of a visit: a number of KioskViewModel.Tone. */
    function visitTone(tone: int): color {
        return [root.primary, root.good, root.accentDeep, root.warning, root.softInk][tone];
    }
    function visitTint(tone: int): color {
        return [root.primaryTint, root.goodTint, root.accentTint, root.warningTint, root.disabled][tone];
    }

    readonly property color disabled: highContrast ? "#000000" : "#F3EEE4"
    readonly property color disabledInk: highContrast ? "#C8C8C8" : "#4C4A45"
    readonly property color focus: highContrast ? "#4DE8FF" : "#B4480A"
    readonly property color focusGap: highContrast ? "#000000" : "#FFFFFF"
    readonly property color scrim: highContrast ? "#E6000000" : "#C7062F48"
    // ---- an officer's window: read from 600 mm, worked by mouse and keys, so everything is smaller -----------------------
    /** Pixels of a millimetre there, on a window of `deskWidth` by `deskHeight`; a larger window is larger print. */
    readonly property real deskMm: 1.6
    readonly property int deskWidth: 1366
    readonly property int deskHeight: 768
    readonly property int stripHeight: 80
    /** How long an alarm's light stays as it is: three changes a second are too many for some people. */
    readonly property int flash: 500

    /** The colours of an answer: a number of DeskViewModel.Tone. */
    function toneColor(tone: int): color {
        return [root.good, root.primary, root.accent, root.warning][tone];
    }
    function toneInk(tone: int): color {
        return [root.goodInk, root.primaryInk, root.accentInk, root.warningInk][tone];
    }
    function toneTint(tone: int): color {
        return [root.goodTint, root.primaryTint, root.accentTint, root.warningTint][tone];
    }
    /** Letters on that tint. */
    function toneText(tone: int): color {
        return [root.good, root.primary, root.ink, root.warning][tone];
    }

    /** A code is read by cameras: dark on white in every theme. */
    readonly property color codeGround: "#FFFFFF"

    // ---- length ---------------------------------------------------------------------------------------------------
    readonly property int spaceXS: Math.round(1.8 * mm)
    readonly property int gap: Math.ceil(3 * mm)
    readonly property int spaceS: Math.round(5 * mm)
    readonly property int spaceM: Math.round(7.4 * mm)
    readonly property int spaceL: Math.round(11 * mm)
    /** The smallest side of anything to press. */
    readonly property int target: Math.ceil(20 * mm)
    /** Height of what stands at the foot of every screen. */
    readonly property int foot: Math.ceil((wide ? 21 : 25) * mm)
    /** Left and right of the content, and between columns: room for a scroll rail, so that it never moves the content. */
    readonly property int margin: target + 2 * Math.round(1.6 * mm)
    readonly property int targetLarge: Math.ceil(31 * mm)
    readonly property int monogram: Math.round((wide ? 20.5 : 25) * mm)
    readonly property int iconSmall: Math.round(10 * mm * iconGrowth)
    readonly property int icon: Math.round(12.5 * mm * iconGrowth)
    readonly property int iconLarge: Math.round(24 * mm * iconGrowth)
    readonly property real iconGrowth: 1 + (textScale - 1) * 0.4
    readonly property int radius: Math.round(10 * mm)
    readonly property int radiusSmall: Math.round(6.5 * mm)
    readonly property int stroke: Math.max(1, Math.round((highContrast ? 0.9 : 0.6) * mm))
    readonly property int strokeThin: Math.max(1, Math.round((highContrast ? 0.6 : 0.45) * mm))
    /** How far a control stands above its ground; it sinks by this much when pressed. */
    readonly property int lift: Math.max(2, Math.round(1.3 * mm))
    readonly property int focusWidth: Math.max(3, Math.round(1.5 * mm))
    readonly property int tooth: Math.round(16.8 * mm)
    readonly property int toothDepth: Math.round((wide ? 7 : 9) * mm)
    /** Air above and below what frames the content. */
    readonly property int framePadding: Math.round((wide ? 3.4 : 6.4) * mm)
    readonly property int tilePadding: Math.round((wide ? 3.4 : 5) * mm)
    /** The number keeps most of its size beside large text, but makes room for it. */
    readonly property bool smallLabel: wide || textScale > 1.5
    readonly property int labelHeight: smallLabel ? labelHeightSmall : Math.round(70 * mm)
    readonly property int labelHeightSmall: Math.round(54 * mm)

    // ---- type: heights of capitals in millimetres -----------------------------------------------------------------
    readonly property string family: "Plus Jakarta Sans"
    readonly property font caption: root.type(6.3, Font.Medium, 0, 1)
    readonly property font captionStrong: root.type(6.3, Font.Bold, 0, 1)
    readonly property font body: root.type(7.2, Font.Medium, 0, 1)
    readonly property font name: root.type(7.2, Font.Bold, -0.01, 1)
    readonly property font action: root.type(8, Font.Bold, -0.01, 0.8)
    readonly property font actionLarge: root.type(10.4, Font.ExtraBold, -0.015, 0.6)
    readonly property font heading: root.type(8.7, Font.ExtraBold, -0.015, 0.8)
    readonly property font title: root.type(13, Font.ExtraBold, -0.025, 0.5)
    readonly property font display: root.type(18, Font.ExtraBold, -0.03, 0.4)
    /** What is read from across the hall. */
    readonly property font poster: root.type(23, Font.ExtraBold, -0.03, 0.2)
    /** The number of a slip that is held before the scanner. */
    readonly property font stub: root.type(root.wide ? 26 : 32, Font.ExtraBold, -0.03, 0.1)
    /** The ticket's number; shrinks to its place. */
    readonly property font label: root.smallLabel ? root.labelSmall : root.type(58, Font.ExtraBold, -0.03, 0)
    readonly property font labelSmall: root.type(45, Font.ExtraBold, -0.03, 0)
    /** Header and access bar: they keep their place, so they grow a little only. */
    readonly property font chrome: root.type(6.6, Font.DemiBold, -0.005, 0.3)
    readonly property font chromeTitle: root.type(8.7, Font.Bold, -0.015, 0.3)
    readonly property font key: root.type(9.6, Font.ExtraBold, 0, 0.3)
    readonly property real lineHeight: 1.12
    readonly property real lineHeightTight: 1.02

    // ---- time -----------------------------------------------------------------------------------------------------
    readonly property int motion: animated ? 140 : 0

    readonly property list<FontLoader> fonts: [
        FontLoader { source: "../../assets/fonts/PlusJakartaSans-Medium.ttf" },
        FontLoader { source: "../../assets/fonts/PlusJakartaSans-SemiBold.ttf" },
        FontLoader { source: "../../assets/fonts/PlusJakartaSans-Bold.ttf" },
        FontLoader { source: "../../assets/fonts/PlusJakartaSans-ExtraBold.ttf" }
    ]

    /**
     * A font whose capitals are `capital` millimetres high. `tracking` is in parts of the letter's size. `growth` is
     * the share of the visitor's text scale that it follows: what is large already grows less.
     */
    function type(capital: real, weight: int, tracking: real, growth: real): font {
        const capitalPart = 0.745; // of the letter's size, in Plus Jakarta Sans
        const size = capital * root.mm / capitalPart * (1 + (root.textScale - 1) * growth);
        return Qt.font({
            family: root.family,
            pixelSize: Math.max(1, Math.round(size)),
            weight: weight,
            letterSpacing: tracking * size
        });
    }
}
