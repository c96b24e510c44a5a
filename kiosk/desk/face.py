"""What the deeds of a desk see of its machine."""

from typing import Any, Protocol

from kiosk.desk.state import DeskState


class DeskFace(Protocol):
    """What is shown to the officer."""

    @property
    def state(self) -> DeskState: ...

    def show(self, **changes: Any) -> None: ...

    def stir(self) -> None: ...
