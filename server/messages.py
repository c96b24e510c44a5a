"""Reading a message by hand, so that the signature covers what really came; writing the answer; describing both for
OpenAPI.
"""

from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from kiosk.sync.wire import JSON, Problem, ProblemCode
from server.problems import RefusedError

MessageT = TypeVar("MessageT", bound=BaseModel)

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {"4XX": {"model": Problem}, "5XX": {"model": Problem}}
"""What every route of the protocol may answer besides."""


def parse(message: type[MessageT], body: bytes) -> MessageT:
    """Raises RefusedError that names the first place that does not fit."""
    try:
        return message.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the message"
        raise RefusedError(ProblemCode.MALFORMED, f"{place}: {first['msg']}.") from error


def written(message: BaseModel) -> Response:
    return Response(message.model_dump_json(), media_type=JSON)


def body_of(message: type[BaseModel]) -> dict[str, Any]:
    return _body(JSON, message.model_json_schema())


def binary_body(media_type: str) -> dict[str, Any]:
    return _body(media_type, {"type": "string", "format": "binary"})


def _body(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}
