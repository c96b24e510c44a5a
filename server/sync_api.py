"""How a log comes here, and back: session, hello, append, pull."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

import structlog
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from kiosk.domain.events import Event, decode
from kiosk.faults import fault_point
from kiosk.sync.batch import BatchError, BatchTooLargeError, pack, unpack
from kiosk.sync.wire import (
    APPEND_PATH,
    EVENTS,
    HELLO_PATH,
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    PULL_PATH,
    SESSION_PATH,
    AppendAnswer,
    DeviceKind,
    Head,
    Hello,
    HelloAnswer,
    ProblemCode,
    Pull,
    Session,
    SessionRequest,
)
from server.authentication import SignedRequest, answer_signed, check_protocol, paired_device, read_body, welcome
from server.changes import tell_of_batch
from server.database import lock_site, milliseconds
from server.devices import KnownDevice, lock_device
from server.forks import ForkKind, record_fork
from server.greeting import check_speaker, contradicted, held_heads, note_hello
from server.ingest import Receipt, ingest
from server.messages import PROBLEMS, binary_body, body_of, parse, written
from server.node import Node
from server.problems import RefusedError
from server.refusals import RefusedBatch
from server.stored_log import Chain, read_after

log = structlog.get_logger(__name__)


def sync_router(node: Node) -> APIRouter:
    router = APIRouter(tags=["sync"], responses=PROBLEMS)

    @router.post(
        SESSION_PATH, openapi_extra=body_of(SessionRequest), response_model=Session, summary="Ask for a challenge"
    )
    async def open_session(request: Request) -> Response:
        """Unsigned. Every other request is signed over the challenge that comes back."""
        node.strangers.check(request)
        check_protocol(request)
        wish = parse(SessionRequest, await read_body(request))
        device = await run_in_threadpool(_known, node, wish)
        session = node.sessions.open(wish.site, wish.device, device.public_key)
        return written(
            Session(
                session=session.id,
                challenge=session.challenge,
                server_epoch=node.epoch,
                server_time=node.clock.now(),
            )
        )

    @router.post(
        HELLO_PATH,
        openapi_extra=body_of(Hello),
        response_model=HelloAnswer,
        summary="Compare what both sides hold",
    )
    async def hello(request: Request) -> Response:
        """Signed. On every connection, and every few seconds while nothing else is said."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_greet, node)))

    @router.post(
        APPEND_PATH, openapi_extra=binary_body(EVENTS), response_model=AppendAnswer, summary="Hand over events"
    )
    async def append(request: Request) -> Response:
        """Signed; gzip over the exact bytes of up to 500 consecutive events of one incarnation, one a line.

        What the answer acknowledges is on the disk.
        """
        return written(await answer_signed(request, node.database, node.sessions, partial(_append, node)))

    @router.post(PULL_PATH, openapi_extra=body_of(Pull), responses={204: {}}, summary="Ask for events back")
    async def pull(request: Request) -> Response:
        """Signed. The next events that are held here of an incarnation, as a batch; 204 when there are no more."""
        return await answer_signed(request, node.database, node.sessions, partial(_give_back, node))

    return router


def _known(node: Node, wish: SessionRequest) -> KnownDevice:
    try:
        return paired_device(node.database, wish.site, wish.device)
    except RefusedError as error:
        if error.code is ProblemCode.DEVICE_UNKNOWN:
            node.recoveries.knocked(wish.site)
        raise


def _greet(node: Node, signed: SignedRequest) -> HelloAnswer:
    message = parse(Hello, signed.body)
    device = signed.device
    check_speaker(device, message.origin)
    note_hello(node, device, message)
    with node.database.reading() as connection:
        heads = held_heads(connection, device.site_id, message)
        strangers = contradicted(connection, device.site_id, message, heads)
        held = {head.incarnation: head.sequence for head in heads}
        central = node.central(connection, device.site_id, message.origin, held)
    if strangers:
        _record(node, device.site_id, message.origin, strangers)
    return HelloAnswer(
        server_epoch=node.epoch,
        server_time=node.clock.now(),
        heads=heads,
        central=central,
        forks=tuple(head.incarnation for head in strangers),
    )


def _append(node: Node, signed: SignedRequest) -> AppendAnswer:
    try:
        batch = unpack(signed.body)
    except BatchTooLargeError as error:
        raise RefusedError(ProblemCode.TOO_LARGE, f"{error}.") from error
    except BatchError as error:
        raise RefusedError(ProblemCode.MALFORMED, f"{error}.") from error
    device = signed.device
    origin = _origin(device, batch)
    node.fences.check(device.site_id)
    node.contacts.note(device.site_id, device.device_id)
    with node.database.writing() as connection:
        welcome(lock_device(connection, device.site_id, device.device_id))
        stated = node.contacts.write_pending(connection, device.site_id, device.device_id)
        now_ms = milliseconds(node.trusted_clock.read().at)
        receipt = ingest(connection, device.site_id, origin, batch, now_ms)
        held = {receipt.incarnation: receipt.sequence} if receipt.incarnation and receipt.sequence else {}
        central = node.central(connection, device.site_id, origin, held)
    node.contacts.written(device.site_id, device.device_id, stated)
    fault_point("server.before_answer")
    _log_receipt(node, signed, receipt)
    tell_of_batch(node, device.site_id, batch)
    if receipt.accepted:
        node.arrivals.tell(device.site_id, origin)
    if receipt.refusal is not None:
        raise RefusedError(receipt.refusal.code, f"{receipt.refusal.detail}.", acknowledged=held, central=central)
    return AppendAnswer(acknowledged=held, central=central, accepted=receipt.accepted, duplicates=receipt.duplicates)


def _origin(device: KnownDevice, batch: Sequence[bytes]) -> str:
    """Whose events these are, as the first one says; `ingest` judges the rest. Only a relay brings those of others."""
    first = decode(batch[0])
    return first.origin if device.kind is DeviceKind.SITE and isinstance(first, Event) else device.device_id


def _give_back(node: Node, signed: SignedRequest) -> Response:
    wish = parse(Pull, signed.body)
    check_speaker(signed.device, wish.origin)
    node.fences.check(signed.device.site_id)
    chain = Chain(signed.device.site_id, wish.origin, wish.incarnation)
    with node.database.reading() as connection:
        found = read_after(connection, chain, wish.after, MAX_BATCH_EVENTS, MAX_BATCH_BYTES)
    if not found:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return Response(pack([event.raw for event in found]), media_type=EVENTS)


def _record(node: Node, site_id: str, origin: str, strangers: Sequence[Head]) -> None:
    now_ms = milliseconds(node.clock.now())
    with node.database.writing() as connection:
        lock_site(connection, site_id)
        for head in strangers:
            key = (site_id, origin, head.incarnation, head.sequence)
            record_fork(connection, ForkKind.SAME_KEY, key, (head.hash, None), now_ms)
    log.error("fork_seen", device=origin, kind=ForkKind.SAME_KEY)


def _log_receipt(node: Node, signed: SignedRequest, receipt: Receipt) -> None:
    device = signed.device.device_id
    if receipt.fork is not None:
        log.error("fork_seen", device=device, kind=receipt.fork, incarnation=receipt.incarnation)
    if receipt.refusal is not None:
        log.warning("batch_refused", device=device, code=receipt.refusal.code, detail=receipt.refusal.detail)
        refused = RefusedBatch(
            node.clock.now(), signed.device.site_id, device, receipt.refusal.code, receipt.refusal.detail
        )
        node.refusals.note_batch(refused)
    if receipt.parked:
        log.warning("events_parked", device=device, incarnation=receipt.incarnation, count=receipt.parked)
