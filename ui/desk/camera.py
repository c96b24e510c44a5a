"""A camera as the second way to read a ticket, besides the scanner. Its pictures are never kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import structlog
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from kiosk.clock import Clock

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QCamera, QMediaCaptureSession, QVideoFrame, QVideoSink

log = structlog.get_logger(__name__)

AUTO: Final = "auto"
SAME_AGAIN_S: Final = 4.0
"""A ticket that is still held before the camera is not read twice."""


def read_code(image: QImage) -> str:
    """The text of the QR code in a picture, empty if there is none."""
    import zxingcpp  # noqa: PLC0415  # 6 MB that only desks with a camera need

    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    lines = memoryview(grey.constBits())
    shape = memoryview(bytes(lines)).cast("B", (grey.height(), grey.bytesPerLine()))
    found = zxingcpp.read_barcodes(shape, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return next((code.text for code in found if code.valid), "")


class TicketCamera(QObject):
    """Shows its pictures to the reader, one at a time; what comes meanwhile is passed over. `scanned`: a code."""

    scanned = Signal(str)
    _read = Signal(str)

    def __init__(self, clock: Clock, read: Callable[[QImage], str] = read_code, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._reader = read
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="camera")
        self._is_reading = False
        self._last = ""
        self._last_at = 0.0
        self._parts: tuple[QCamera, QMediaCaptureSession, QVideoSink] | None = None
        # A slot of an object that lives on the UI thread, never a lambda: that would run on the worker.
        self._read.connect(self._deliver)

    def start(self, wanted: str) -> bool:
        """`wanted`: AUTO, or a part of a camera's name. False, and a line in the log, where there is no such camera."""
        try:
            from PySide6.QtMultimedia import (  # noqa: PLC0415  # only desks with a camera need it
                QCamera,
                QMediaCaptureSession,
                QMediaDevices,
                QVideoSink,
            )
        except ImportError as error:  # a machine without a sound system, which Qt Multimedia links to
            log.warning("camera_missing", wanted=wanted, found=[], problem=str(error))
            return False

        devices = QMediaDevices.videoInputs()
        device = next((each for each in devices if wanted == AUTO or wanted in each.description()), None)
        if device is None:
            log.warning("camera_missing", wanted=wanted, found=[each.description() for each in devices])
            return False
        camera, session, sink = QCamera(device, self), QMediaCaptureSession(self), QVideoSink(self)
        session.setCamera(camera)
        session.setVideoSink(sink)
        sink.videoFrameChanged.connect(self.take_frame)
        self._parts = (camera, session, sink)
        camera.start()
        return True

    def stop(self) -> None:
        if self._parts is not None:
            self._parts[0].stop()
            self._parts = None
        self._executor.shutdown(wait=True, cancel_futures=True)

    @Slot(object)
    def take_frame(self, frame: "QVideoFrame") -> None:
        if not self._is_reading and frame.isValid():
            self.take_picture(frame.toImage())

    def take_picture(self, image: QImage) -> None:
        if not self._is_reading and not image.isNull():
            self._is_reading = True
            self._executor.submit(self._work, image)

    def _work(self, image: QImage) -> None:
        try:
            text = self._reader(image)
        except (ValueError, RuntimeError):  # a picture that the reader cannot take is a picture without a code
            text = ""
        self._read.emit(text)

    @Slot(str)
    def _deliver(self, text: str) -> None:
        self._is_reading = False
        if not text:
            return
        now = self._clock.monotonic()
        is_same = text == self._last and now - self._last_at < SAME_AGAIN_S
        self._last, self._last_at = text, now
        if not is_same:
            self.scanned.emit(text)
