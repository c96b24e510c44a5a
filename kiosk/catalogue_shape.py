"""The shape of the catalogue file and of the registry of service numbers, field by field."""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, RootModel

from kiosk.data_file import FileModel, Name, Passage, refuse, spelled

LAST_NUMBER: Final = 0xFFFF

Identifier = Annotated[
    str,
    spelled(
        r"(?=.{1,80}$)[a-z0-9]+([.-][a-z0-9]+)*",
        "must be small letters and digits joined by dots or hyphens, such as dukcapil.ktp-baru, 80 at most",
    ),
]


def _check_fee(value: object) -> object:
    if value is None or value == "varies" or (type(value) is int and value >= 0):
        return value
    return refuse('must be rupiah as a whole number, 0 for free, "varies", or null for unknown')


class ServiceModel(FileModel):
    id: Identifier
    name_id: Name
    name_en: Name
    requirements_id: list[Name]
    requirements_en: list[Name]
    fee_idr: Annotated[Any, BeforeValidator(_check_fee)]
    fee_note_en: Passage | None = None
    legal_basis: Passage | None
    service_time: Passage | None
    counter_minutes: Annotated[int, Field(ge=1, le=480)] | None
    service_class: Name
    priority_eligible: bool
    online_first: bool
    evidence: Literal["mpp-jakarta", "agency"]
    keywords_id: list[Name]
    life_events: list[str]
    sources: list[str]


class AgencyModel(FileModel):
    id: Identifier
    name_id: Name
    name_en: Name
    short: Name
    kind: Name
    floor: int | None
    presence: Literal["confirmed", "typical"]
    note: Passage | None
    sources: list[str]
    services: list[ServiceModel]


class LifeEventModel(FileModel):
    id: Identifier
    name_id: Name
    name_en: Name
    service_ids: Annotated[list[str], Field(min_length=1)]


class ClassModel(FileModel):
    planning_minutes: Annotated[int, Field(ge=1, le=480)]
    basis: Passage


class SourceModel(FileModel):
    id: str
    url: str
    title: Passage
    date: str | None


class CatalogueModel(FileModel):
    """`about` and `site` tell readers of the file where it comes from; the hall itself is the site file's."""

    schema_version: Literal[1]
    about: dict[str, Any]
    site: dict[str, Any]
    service_classes: dict[str, ClassModel]
    sources: list[SourceModel]
    agencies: Annotated[list[AgencyModel], Field(min_length=1)]
    life_events: list[LifeEventModel]


class NumbersModel(RootModel[dict[str, Annotated[int, Field(ge=1, le=LAST_NUMBER, strict=True)]]]): ...
