"""Stream `referral`, its beginning: a contact of the helpline. Counted by those who read the ledger; nothing of it stays in the state."""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.wording import LONGEST_TEXT
from events.ids import is_uuid
from events.referral import ContactLogged
from events.verdict import Refused
from events.vocabulary import RefusalCode

_LANGUAGE_LETTERS = 3
"""Of a code of ISO 639-3."""


def log_contact(entry: Deciding, event: ContactLogged) -> Refused | None:
    """The helpline was called or written to."""
    refusal = rights.helpline(event.actor)
    if refusal is not None:
        return refusal
    if not is_uuid(event.contact_id):
        return refused(RefusalCode.ID_MALFORMED, "contact_id")
    if entry.draft.terms is None:
        return refused(RefusalCode.NO_POLICY)
    if event.region is not None and event.region not in entry.terms.macro_area_of:
        return refused(RefusalCode.UNKNOWN_AREA, "region")
    if event.language is not None and not _is_language(event.language):
        return refused(RefusalCode.FIELD_INVALID, "language")
    if len(event.note) > LONGEST_TEXT:
        return refused(RefusalCode.TOO_LARGE, "note")
    entry.record(event)
    return None


def _is_language(code: str) -> bool:
    return len(code) == _LANGUAGE_LETTERS and code.isascii() and code.isalpha() and code.islower()
