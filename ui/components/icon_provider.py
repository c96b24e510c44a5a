"""Draws the shipped icons in any colour, without shaders: `image://icon/<file name>/<rrggbb>`."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

from kiosk.paths import resource_path

PROVIDER_NAME: Final = "icon"
_FALLBACK: Final = "signpost"
_DEFAULT_SIZE: Final = QSize(64, 64)


class IconProvider(QQuickImageProvider):
    """Register with `engine.addImageProvider(PROVIDER_NAME, IconProvider())`; the engine takes it over.

    An icon that is not shipped shows a signpost: a catalogue may name what this version does not have.
    """

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002, N803  # Qt's names
        name, _, colour = id.rpartition("/")
        wanted = requestedSize if requestedSize.isValid() and not requestedSize.isEmpty() else _DEFAULT_SIZE
        size.setWidth(wanted.width())
        size.setHeight(wanted.height())
        image = QImage(wanted, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing = _drawing(name).replace("currentColor", f"#{colour[-6:]}")
        QSvgRenderer(QByteArray(drawing.encode())).render(painter)
        painter.end()
        return image


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    path = resource_path("assets/icons") / f"{name}.svg"
    if not path.is_file():
        path = resource_path("assets/icons") / f"{_FALLBACK}.svg"
    return path.read_text(encoding="utf-8")
