"""What makers state of the printers that are common here, read from models.toml. A hint, never evidence."""

import re
import tomllib
from functools import cache
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kiosk.errors import ProfileError
from kiosk.paths import resource_path
from printing.profile import Cutter

MODELS_FILE: Final = "printing/models.toml"


class Model(BaseModel):
    """None and empty: the table does not say. `code_pages`: the number that `ESC t` takes for each. `source`: who says
    so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: Annotated[tuple[re.Pattern[str], ...], Field(min_length=1)]
    description: str
    source: Annotated[str, Field(min_length=1)]
    paper_mm: Annotated[int, Field(ge=30, le=120)] | None = None
    dots: Annotated[int, Field(ge=320, le=1024, multiple_of=8)] | None = None
    columns: Annotated[int, Field(ge=24, le=80)] | None = None
    code_pages: dict[str, int] = {}
    cutter: Cutter | None = None
    feed_dots: Annotated[int, Field(ge=0, le=400)] | None = None
    buffer_bytes: Annotated[int, Field(ge=1)] | None = None
    clears_buffer: bool | None = None


@cache
def load_models() -> MappingProxyType[str, Model]:
    """Raises ProfileError: the file ships with the program."""
    source = resource_path(MODELS_FILE)
    try:
        data = tomllib.loads(source.read_text(encoding="utf-8"))
        return MappingProxyType(TypeAdapter(dict[str, Model]).validate_python(data))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise ProfileError(f"{source} cannot be read: {error}") from error


def find_model(identity: str) -> Model | None:
    """The first whose name fits `identity`."""
    if not identity:
        return None
    name = " ".join(identity.split()).lower()
    return next((model for model in load_models().values() if any(p.fullmatch(name) for p in model.names)), None)
