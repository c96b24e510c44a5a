import QtQuick
import QtQuick.Shapes

/** The Betawi eaves, "gigi balang": a row of teeth with a diamond in each. The house's one ornament. */
Item {
    id: root

    property color toothColor: Theme.hero
    property color diamondColor: Theme.accent
    readonly property int count: Math.max(1, Math.round(root.width / Theme.tooth))
    readonly property real step: root.width / root.count

    Accessible.ignored: true
    implicitHeight: Theme.toothDepth

    function teeth(): list<point> {
        const points = [Qt.point(0, 0)];
        for (let i = 0; i < root.count; ++i)
            points.push(Qt.point((i + 0.5) * root.step, root.height), Qt.point((i + 1) * root.step, 0));
        points.push(Qt.point(0, 0));
        return points;
    }

    function diamonds(): var {
        const half = root.height * 0.26;
        const shapes = [];
        for (let i = 0; i < root.count; ++i) {
            const x = (i + 0.5) * root.step;
            const y = root.height * 0.3;
            shapes.push([Qt.point(x, y - half), Qt.point(x + half, y), Qt.point(x, y + half), Qt.point(x - half, y), Qt.point(x, y - half)]);
        }
        return shapes;
    }

    Shape {
        anchors.fill: parent

        ShapePath {
            fillColor: root.toothColor
            strokeWidth: -1

            PathPolyline {
                path: root.teeth()
            }
        }

        ShapePath {
            fillColor: root.diamondColor
            strokeWidth: -1

            PathMultiline {
                paths: root.diamonds()
            }
        }
    }
}
