import QtQuick

/** A code for cameras: dark on white with its quiet zone, in every theme, never smoothed. */
Rectangle {
    id: root

    required property string source

    Accessible.name: qsTr("Kode QR tiket")
    Accessible.role: Accessible.Graphic
    color: Theme.codeGround
    radius: Theme.radiusSmall

    Image {
        anchors.fill: parent
        anchors.margins: Theme.gap
        cache: false
        fillMode: Image.PreserveAspectFit
        smooth: false
        source: root.source
        sourceSize: Qt.size(width, height)
    }
}
