"""The ticket's QR symbol for the screen: `image://qr/<n>`. The URL is a counter, so no token meets a cache or a log."""

from itertools import count
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickImageProvider

PROVIDER_NAME: Final = "qr"
_QUIET_MODULES: Final = 4


class QrTexts:
    """The text on show, one at a time. Written on the UI thread, read wherever images are loaded."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._shown: tuple[str, str] = ("", "")

    def show(self, text: str) -> str:
        """Puts the text on show; returns the URL for an Image."""
        number = str(next(self._numbers))
        self._shown = (number, text)
        return f"image://{PROVIDER_NAME}/{number}"

    def clear(self) -> None:
        self._shown = ("", "")

    def text_of(self, number: str) -> str:
        shown, text = self._shown
        return text if shown == number else ""


class QrImageProvider(QQuickImageProvider):
    """The largest whole number of dots a module that fits what is asked for; blank for what is no longer on show."""

    def __init__(self, texts: QrTexts) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._texts = texts

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002, N803  # Qt's names
        text = self._texts.text_of(id)
        image = _symbol(text) if text else _blank()
        dots = max(1, min(requestedSize.width(), requestedSize.height()) // image.width())
        image = image.scaled(image.size() * dots, mode=Qt.TransformationMode.FastTransformation)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image


def _symbol(text: str) -> QImage:
    """One pixel a module, with its quiet zone."""
    import qrcode  # noqa: PLC0415  # brings Pillow along, which no first frame waits for
    from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_MODULES)
    code.add_data(text, optimize=0)  # whole, so that an upper-case token is one alphanumeric segment
    code.make(fit=True)
    modules = code.get_matrix()
    image = QImage(len(modules), len(modules), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for y, row in enumerate(modules):
        for x, is_dark in enumerate(row):
            if is_dark:
                image.setPixelColor(x, y, Qt.GlobalColor.black)
    return image


def _blank() -> QImage:
    image = QImage(1, 1, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    return image
