"""The table: what is planted, how, and which check must name it."""

from __future__ import annotations

from coordinator.domain.agenda import Kind
from coordinator.matching import safety
from events.referral import ResponsibilityPassed
from events.transfer import MatchExplained, PlaceKept, PlaceKeptFor
from reading.keys_memory import MemoryKeyStore
from tests.domain import test_repeats
from tests.keys import test_erasure, test_store
from tests.ledger import test_acceptance, test_stops
from tests.planted import histories as past
from tests.planted import plants as plant
from tests.planted.check import Bug
from tests.planted.checks import CANARIES, checker, decided_again, folded_without_the_erased, invariants, test_of
from tests.planted.rivals import AMONG_FALSE_GENESES, AMONG_RIVALS, ANCHORED_READER, LIVE_READER
from tests.planted.views import ANOTHER_POSITION, CRASHES
from tests.sealing import test_seal, test_vault

_ENTRIES_PASS = test_of(test_acceptance.test_only_the_entries_pass)
_ERASED_STORE = test_of(test_store.test_what_is_destroyed_is_gone_with_its_references_for_good, MemoryKeyStore("it"))
_WRONG_HASHES = [test_of(test_stops.test_wrong_state_hash_stops, half, patience_s=4) for half in ("clear", "sealed")]

BUGS: tuple[Bug, ...] = (
