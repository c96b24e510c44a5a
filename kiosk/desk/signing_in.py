"""An officer's PIN on its way to the server: sealed for this one server, and for this once."""

from kiosk.desk.client import DeskClient
from kiosk.desk.room import Room
from kiosk.sync import desk_wire as wire
from kiosk.sync.pin_seal import sealed_pin


async def ask_to_sign_in(
    server: DeskClient, room: Room, typed: tuple[str, str, str | None], counter: int | None
) -> wire.SignInAnswer:
    """`typed`: staff id, PIN, new PIN. With a fresh key each time: what is sealed opens once. Raises SyncError."""
    staff, pin, new_pin = typed
    key = await server.seal_key()
    device, server_key = room.identity.device_id, room.enrolment.pinned_key
    return await server.sign_in(
        wire.SignIn(
            staff=staff,
            sealed_pin=sealed_pin(pin, staff, device, key, server_key),
            sealed_new_pin=None if new_pin is None else sealed_pin(new_pin, staff, device, key, server_key),
            counter=counter,
        )
    )
