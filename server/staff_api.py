"""What a desk asks about its officer: a key to seal the PIN with, to sign in, to sign out."""

from functools import partial

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response

from kiosk.sync.desk_wire import (
    SEAL_PATH,
    SIGN_IN_PATH,
    SIGN_OUT_PATH,
    Answer,
    Seal,
    SealKey,
    SignIn,
    SignInAnswer,
    SignOut,
)
from kiosk.sync.pin_seal import PinSealError
from kiosk.sync.wire import DeviceKind, ProblemCode
from server.authentication import Asker, SignedRequest, answer_signed, authenticate_by_session, paired_device
from server.changes import publish_deed
from server.devices import KnownDevice
from server.messages import PROBLEMS, body_of, parse, written
from server.node import Node
from server.problems import RefusedError
from server.signing_in import SigningIn
from server.staff import at_once
from server.staff_sessions import end_session


def staff_router(node: Node, signing_in: SigningIn | None = None) -> APIRouter:
    """Signed by desks. `signing_in`: another one for tests."""
    router = APIRouter(tags=["staff"], responses=PROBLEMS)
    door = signing_in or SigningIn(node)
    turns = CapacityLimiter(at_once())  # a whole hall that signs in takes no thread from whoever asks something else

    @router.post(SEAL_PATH, openapi_extra=body_of(Seal), response_model=SealKey, summary="A key to seal a PIN with")
    async def seal(request: Request) -> Response:
        """Signed by this server, for this desk. Each sealed PIN opens once."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_seal, node, door)))

    @router.post(SIGN_IN_PATH, openapi_extra=body_of(SignIn), response_model=SignInAnswer, summary="Sign an officer in")
    async def sign_in(request: Request) -> Response:
        """Unknown ids and wrong PINs look alike. The older session of this desk or of this officer ends."""
        asker = await authenticate_by_session(request, node.sessions)
        return written(await to_thread.run_sync(partial(_sign_in, node, door, asker), limiter=turns))

    @router.post(SIGN_OUT_PATH, openapi_extra=body_of(SignOut), response_model=Answer, summary="Sign the officer out")
    async def sign_out(request: Request) -> Response:
        """Always done, also again. The desk's counter is paused."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_sign_out, node)))

    return router


def check_desk(node: Node, device: KnownDevice) -> None:
    """Raises RefusedError: officers sit at desks, and only where this server still counts."""
    if device.kind is not DeviceKind.DESK:
        raise RefusedError(ProblemCode.FOREIGN_ORIGIN, "Only desks have officers.")
    node.fences.check(device.site_id)


def _seal(node: Node, door: SigningIn, signed: SignedRequest) -> SealKey:
    check_desk(node, signed.device)
    parse(Seal, signed.body)
    return door.opener.key_for(signed.device.device_id)


def _sign_in(node: Node, door: SigningIn, asker: Asker) -> SignInAnswer:
    check_desk(node, paired_device(node.database, asker.site_id, asker.device_id))
    message = parse(SignIn, asker.body)
    try:
        answer = door.sign_in(asker.site_id, asker.device_id, message)
    except PinSealError as error:
        raise RefusedError(ProblemCode.MALFORMED, str(error)) from error
    if answer.signed_in is not None:
        publish_deed(node, asker.site_id, hall=True)  # an older session may have ended, and its counter is paused
    return answer


def _sign_out(node: Node, signed: SignedRequest) -> Answer:
    device = signed.device
    check_desk(node, device)
    message = parse(SignOut, signed.body)
    with node.database.writing() as connection:
        was_here = end_session(connection, node.own_log, device.site_id, device.device_id, message.session)
    if was_here:
        publish_deed(node, device.site_id, hall=True)
    return Answer()
