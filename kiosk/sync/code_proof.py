"""What an answer to a pairing code proves: every word of it, so that nobody on the line can slip in a key."""

import json

from kiosk.domain.events import canonical
from kiosk.domain.pairing_code import server_proof
from kiosk.sync.wire import Enrolled


def proof_of(content: bytes, derived_key: bytes, public_key: bytes) -> str:
    """Of an Enrolled message as its bytes came: over all its fields but `proof`, those of a later version too.

    `content` was read as such a message before. `public_key`: the device's 32 raw bytes.
    """
    facts = {name: value for name, value in json.loads(content).items() if name != "proof"}
    return server_proof(derived_key, public_key, canonical(facts))


def with_proof(answer: Enrolled, derived_key: bytes, public_key: bytes) -> Enrolled:
    proof = proof_of(answer.model_dump_json().encode(), derived_key, public_key)
    return answer.model_copy(update={"proof": proof})
