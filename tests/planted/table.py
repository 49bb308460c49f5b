"""The table: what is planted, how, and which check must name it."""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain.agenda import Kind
from coordinator.matching import place, safety
from events.person import AliasErased
from events.referral import ResponsibilityPassed
from events.transfer import MatchExplained, PlaceKept, PlaceKeptFor
from events.vocabulary import SightPurpose
from projections.parts import Part
from reading.keys_memory import MemoryKeyStore
from tests.domain import (
    test_adopting,
    test_answering,
    test_determinism,
    test_duty,
    test_glass,
    test_holding_back,
    test_question,
    test_repeats,
    test_terms,
)
from tests.keys import test_erasure, test_store
from tests.ledger import test_acceptance, test_accepting_loss, test_stops, test_trimming, test_worker
from tests.ledger.benches import MemoryBench
from tests.matching import test_assignment, test_best_place, test_open_units, test_scarcity
from tests.planted import histories as past
from tests.planted import plants as plant
from tests.planted.check import Bug
from tests.planted.checks import CANARIES, checker, decided_again, folded_without_the_erased, invariants, test_of
from tests.planted.rivals import AMONG_FALSE_GENESES, AMONG_RIVALS, ANCHORED_READER, LIVE_READER
from tests.planted.views import ANOTHER_POSITION, CRASHES
from tests.projections import test_actions, test_inbox, test_parts
from tests.sealing import test_seal, test_vault

_ENTRIES_PASS = test_of(test_acceptance.test_only_the_entries_pass)
_ERASED_STORE = test_of(test_store.test_what_is_destroyed_is_gone_with_its_references_for_good, fresh=lambda: MemoryKeyStore("it"))
_WRONG_HASHES = [test_of(test_stops.test_wrong_state_hash_stops, half) for half in ("clear", "sealed")]
_SILENCED = test_inbox.test_a_proposal_of_people_silences_what_waited_for_them_until_it_comes_to_nothing
_ANOTHER_EVENT = test_trimming.test_another_event_in_the_place_of_one_stops_it
_LOST_UNSEEN = test_stops.test_live_reader_notices_a_lost_tail_that_shows_on_no_connection
_TRUNCATED_UNSEEN = test_stops.test_truncated_events_that_show_on_no_connection_stop_a_live_worker_within_the_time_of_a_look
_HASHED_AHEAD = test_worker.test_a_hash_made_ahead_is_not_taken_for_another_state
_OF_ITS_OWN = test_vault.test_what_is_under_the_key_of_its_own_event_asks_for_no_reference
_OF_ANOTHER_CASE = test_vault.test_what_is_under_the_key_of_another_case_is_registered
_NAMED_ALIKE = test_vault.test_an_event_that_names_the_reference_of_an_outcome_opens_alike_in_every_batch
_UNREGISTERED = test_vault.test_a_copy_whose_reference_is_in_no_store_tells_no_key
_NO_KEY = test_stops.test_an_event_that_no_key_opens_stops_after_the_events_before_it
_ORPHANS = test_store.test_explanations_of_a_case_whose_key_is_gone_get_none
_OLD = test_stops.test_an_old_event_of_a_case_long_erased_stops_nobody
_WENT = test_stops.test_an_event_whose_key_went_with_its_case_is_refused
_NAMED_LOSS = test_accepting_loss.test_an_acceptance_ends_with_the_event_that_it_names
_UNREAD = test_vault.test_what_was_refused_unread_stays_sealed_whatever_key_turns_up_later
_LOST = test_vault.test_a_reference_that_the_store_lost_is_given_back_by_the_living_key
_SILENCE = test_of(test_answering.test_silence_and_withdrawal_say_nothing_about_the_place)
_ENOUGH = test_parts.test_what_a_part_wants_is_enough_for_it
_INCOMPLETE = test_inbox.test_an_incomplete_hand_over_stands_with_both_sides_also_after_the_departure

BUGS: tuple[Bug, ...] = (
    Bug(
        "acceptance rule",
        "sequence is not looked at",
        plant.rule_without(sequence=lambda position: position.sequence + 1),
        ((AMONG_RIVALS, "chain.sequence"), (_ENTRIES_PASS, "test_only_the_entries_pass")),
    ),
    Bug(
        "acceptance rule",
        "previous hash is not looked at",
        plant.rule_without(previous_hash=lambda position: position.hash),
        ((AMONG_RIVALS, "chain.previous_hash"), (_ENTRIES_PASS, "test_only_the_entries_pass")),
    ),
    Bug(
        "acceptance rule",
        "network is not looked at",
        plant.rule_without(network=lambda position: position.network),
        ((AMONG_RIVALS, "chain.network"), (_ENTRIES_PASS, "test_only_the_entries_pass")),
    ),
    Bug(
        "acceptance rule",
        "event offset is not looked at",
        plant.rule_without(event_offset=lambda position: position.event_offset + 1),
        ((AMONG_RIVALS, "chain.event_offset"), (_ENTRIES_PASS, "test_only_the_entries_pass")),
    ),
    Bug(
        "acceptance rule",
        "event offset may be any later one (> instead of ==)",
        plant.any_later_event_offset,
        ((AMONG_RIVALS, "chain.event_offset"), (_ENTRIES_PASS, "test_only_the_entries_pass")),
    ),
    Bug(
        "acceptance rule",
        "event time is not looked at",
        plant.rule_without(event_time_ms=lambda position: position.event_time_ms),
        ((AMONG_RIVALS, "chain.event_time"), (_ENTRIES_PASS, "test_only_the_entries_pass")),
    ),
    Bug(
        "acceptance rule",
        "bytes may follow an envelope",
        plant.anything_after_the_envelope,
        ((AMONG_RIVALS, "chain.envelope"), (_ENTRIES_PASS, "test_only_the_entries_pass")),
    ),
    Bug("acceptance rule", "genesis of any network", plant.genesis_without(network=None), ((AMONG_FALSE_GENESES, "chain.network"),)),
    Bug("acceptance rule", "genesis of any sequence", plant.genesis_without(sequence=0), ((AMONG_FALSE_GENESES, "chain.genesis"),)),
    Bug("acceptance rule", "genesis of any previous hash", plant.genesis_without(previous_hash=bytes(32)), ((AMONG_FALSE_GENESES, "chain.genesis"),)),
    Bug("acceptance rule", "genesis of any event offset", plant.genesis_without(event_offset=-1), ((AMONG_FALSE_GENESES, "chain.genesis"),)),
    Bug("acceptance rule", "genesis of any body", plant.genesis_of_any_body, ((AMONG_FALSE_GENESES, "chain.genesis"),)),
    Bug(
        "safety",
        "rule 1 (one place, one case) excludes nothing",
        plant.lets_every_place_pass(place.has_room),
        ((checker(past.a_place_too_small), "one_place_one_case"), (invariants(past.a_place_too_small), "held what was not free")),
    ),
    Bug(
        "safety",
        "rule 2 (never towards danger) excludes nothing",
        plant.excludes_nothing(safety.never_towards_danger),
        ((checker(past.a_place_in_danger), "never_towards_danger"), (invariants(past.a_place_in_danger), "rule 2: area")),
    ),
    Bug(
        "safety",
        "rule 3 (never with exploiters) excludes nothing",
        plant.excludes_nothing(safety.never_with_exploiters),
        ((checker(past.a_place_beside_a_recruiter), "never_with_exploiters"), (invariants(past.a_place_beside_a_recruiter), "rule 3")),
    ),
    Bug(
        "competition",
        "no request ever waits (kept for others excludes nothing)",
        plant.never_waits,
        (
            (
                test_of(test_holding_back.test_the_last_place_is_kept_and_the_helpline_told_why),
                "test_the_last_place_is_kept_and_the_helpline_told_why",
            ),
        ),
    ),
    Bug(
        "clocks",
        "whoever waits for a better place is not looked at again when the weights expire",
        plant.weights_never_end,
        ((test_of(test_holding_back.test_the_clock_rings_when_the_weights_expire), "test_the_clock_rings_when_the_weights_expire"),),
    ),
    Bug(
        "clocks",
        "a request that may wait no longer is not looked at again",
        plant.never_due(Kind.WAITED),
        (
            (
                test_of(test_holding_back.test_the_clock_rings_when_the_request_may_wait_no_longer),
                "test_the_clock_rings_when_the_request_may_wait_no_longer",
            ),
        ),
    ),
    Bug(
        "competition",
        "in one decision a place goes to two (taken by another excludes nothing)",
        plant.nothing_is_taken,
        (
            (checker(past.two_lose_their_places), "one_place_one_case"),
            (invariants(past.two_lose_their_places), "held what was not free"),
        ),
    ),
    Bug(
        "competition",
        "in one decision two who are kept apart come together",
        plant.nothing_is_taken,
        ((checker(past.two_kept_apart_at_once), "never_with_exploiters"), (invariants(past.two_kept_apart_at_once), "rule 3")),
    ),
    Bug(
        "competition",
        "a free place is said to be taken by another",
        plant.taken_without_takers,
        ((checker(past.two_lose_their_places), "explained.wrong"),),
    ),
    Bug(
        "competition",
        "who is served first follows the order in which requests come in",
        plant.as_they_come,
        ((test_of(test_best_place.test_the_order_in_which_requests_come_says_nothing), "test_the_order_in_which_requests_come_says_nothing"),),
    ),
    Bug(
        "competition",
        "the only place that hundreds could have goes to whoever is listed first",
        plant.only_place_as_they_come,
        ((test_of(test_best_place.test_the_order_in_which_requests_come_says_nothing), "test_the_order_in_which_requests_come_says_nothing"),),
    ),
    Bug(
        "competition",
        "units that were never counted are not asked",
        plant.never_counted_are_seen,
        (
            (
                test_of(test_open_units.test_what_is_kept_of_answers_is_what_looking_through_all_gives),
                "test_what_is_kept_of_answers_is_what_looking_through_all_gives",
            ),
        ),
    ),
    Bug(
        "competition",
        "each has what it likes best of what is left, in turn",
        plant.in_turn,
        (
            (
                test_of(test_assignment.test_two_placed_are_more_than_one_who_has_what_they_like_best),
                "test_two_placed_are_more_than_one_who_has_what_they_like_best",
            ),
            (test_of(test_assignment.test_it_is_the_best_of_all_assignments, 0), "test_it_is_the_best_of_all_assignments"),
        ),
    ),
    Bug(
        "competition",
        "households part",
        plant.households_part,
        ((test_of(test_assignment.test_it_is_the_best_of_all_assignments, 0), "test_it_is_the_best_of_all_assignments"),),
    ),
    Bug(
        "competition",
        "the lowest tie-break counts for nothing",
        plant.ties_by_place,
        ((test_of(test_assignment.test_it_is_the_best_of_all_assignments, 0), "test_it_is_the_best_of_all_assignments"),),
    ),
    Bug(
        "safety",
        "rule 4 (minors) excludes nothing",
        plant.excludes_nothing(safety.minors),
        ((checker(past.a_place_without_children), "minors"), (invariants(past.a_place_without_children), "rule 4: parents")),
    ),
    Bug(
        "safety",
        "of two cases found the same, one's dangers are lost (rule 2)",
        plant.dangers_of_the_other_name_lost,
        ((invariants(past.a_place_in_danger_for_one_of_two_names), "rule 2: area"),),
    ),
    Bug(
        "responsibility",
        "a programme never ends by the clock",
        plant.never_due(Kind.PROGRAMME),
        ((invariants(past.a_place_after_the_programme), "sent to a project outside its programme"),),
    ),
    Bug(
        "responsibility",
        "a project that was ended is responsible for whoever arrives",
        plant.responsible_though_ended,
        ((invariants(past.an_arrival_after_the_programme), "nobody is there to be responsible"),),
    ),
    Bug(
        "erasure",
        "a case that is erased leaves another name of it",
        plant.left_unsaid(AliasErased),
        ((invariants(past.erased_with_another_name), "an erased case leaves another name of it"),),
    ),
    Bug(
        "safety",
        "rule 5 (gender) excludes nothing",
        plant.excludes_nothing(safety.gender),
        ((checker(past.a_place_for_others), "gender"), (invariants(past.a_place_for_others), "rule 5")),
    ),
    Bug(
        "safety",
        "rule 6 (essential needs) excludes nothing",
        plant.excludes_nothing(safety.essential_needs),
        ((checker(past.a_place_without_care), "essential_needs"), (invariants(past.a_place_without_care), "rule 6")),
    ),
    Bug(
        "safety",
        "rule 7 (agreement) asks nobody",
        plant.agreement_of_everybody,
        ((checker(past.nobody_agreed), "agreement"), (invariants(past.nobody_agreed), "rule 7")),
    ),
    Bug(
        "safety",
        "rule 8 (one live proposal) and its queue exclude nothing",
        plant.a_second_proposal,
        ((checker(past.a_second_place), "one_live_proposal"), (invariants(past.a_second_place), "one live proposal a case")),
    ),
    Bug(
        "safety", "rule 7 (agreement) excludes nothing", plant.excludes_nothing(safety.agreement), ((checker(past.nobody_agreed), "explained.wrong"),)
    ),
    Bug(
        "safety",
        "rule 10 (people decide) excludes nothing",
        plant.excludes_nothing(safety.people_decide),
        ((checker(past.a_minor_alone), "explained.wrong"),),
    ),
    Bug(
        "safety",
        "rule 9 (freshness) excludes nothing",
        plant.excludes_nothing(safety.freshness),
        ((checker(past.a_place_of_last_week), "freshness"), (invariants(past.a_place_of_last_week), "rule 9")),
    ),
    Bug(
        "clocks",
        "on duty excludes nothing",
        plant.excludes_nothing(safety.on_duty),
        (
            (
                test_of(test_duty.test_an_immediate_request_at_night_calls_the_helpline_and_discloses_nothing),
                "test_an_immediate_request_at_night_calls_the_helpline_and_discloses_nothing",
            ),
        ),
    ),
    Bug(
        "clocks",
        "nobody is reminded",
        plant.never_due(Kind.REMINDER),
        (
            (
                test_of(test_question.test_a_project_is_reminded_at_a_third_and_at_two_thirds_of_its_time),
                "test_a_project_is_reminded_at_a_third_and_at_two_thirds_of_its_time",
            ),
        ),
    ),
    Bug(
        "clocks",
        "a clock that a question stopped stands still for ever",
        plant.never_due(Kind.PAUSE),
        (
            (
                test_of(test_question.test_without_an_answer_the_clock_goes_on_by_itself_in_time_order),
                "test_without_an_answer_the_clock_goes_on_by_itself_in_time_order",
            ),
        ),
    ),
    Bug(
        "clocks",
        "nobody notices that a project comes on duty",
        plant.nobody_comes_on_duty,
        (
            (
                test_of(test_duty.test_matching_goes_on_by_itself_when_the_first_fitting_project_comes_on_duty),
                "test_matching_goes_on_by_itself_when_the_first_fitting_project_comes_on_duty",
            ),
        ),
    ),
    Bug(
        "safety",
        "rule 10 (people decide): a minor is placed by the machine",
        plant.minors_placed_by_the_machine,
        ((checker(past.a_minor_alone), "minors"), (invariants(past.a_minor_alone), "rule 4: unaccompanied")),
    ),
    Bug("safety", "accepting excludes nothing", plant.lets_every_place_pass(place.takes_in), ((checker(past.a_place_without_beds), "accepting"),)),
    Bug(
        "safety",
        "declined before excludes nothing",
        plant.excludes_nothing(safety.declined_before),
        ((checker(past.a_place_that_said_no), "declined_before"),),
    ),
    Bug(
        "safety",
        "a withdrawn agreement releases nothing",
        plant.nobody_settles,
        ((checker(past.safety_changes_under_a_hold), "safety.not_released"),),
    ),
    Bug("holds", "the place left is not kept", plant.left_unsaid(PlaceKept, PlaceKeptFor), ((checker(past.a_journey), "place_kept"),)),
    Bug("safety", "any project accepts", plant.anybody_may_accept, ((checker(past.a_stranger_accepts), "people_decide"),)),
    Bug(
        "safety",
        "an explanation leaves out a unit",
        plant.one_exclusion_forgotten,
        (
            (checker(past.a_place_in_danger), "explained.units"),
            (invariants(past.a_place_in_danger), "an explanation accounts for every open unit, once"),
        ),
    ),
    Bug("safety", "a proposal is not explained", plant.left_unsaid(MatchExplained), ((checker(past.a_journey), "explained.missing"),)),
    Bug(
        "responsibility",
        "nobody becomes responsible",
        plant.left_unsaid(ResponsibilityPassed),
        (
            (checker(past.a_journey), "responsibility.empty"),
            (invariants(past.a_journey), "responsibility is empty"),
        ),
    ),
    Bug(
        "responsibility", "responsibility passes twice", plant.said_twice(ResponsibilityPassed), ((checker(past.a_journey), "responsibility.double"),)
    ),
    Bug("responsibility", "anybody asks for a transfer", plant.anybody_may_ask, ((checker(past.a_stranger_asks), "responsibility.actor"),)),
    Bug(
        "holds",
        "a proposal never runs out",
        plant.never_due(Kind.PROPOSAL),
        (
            (checker(past.silence), "hold.outlived"),
            (invariants(past.silence), "rule 7: a hold outlived its deadline"),
        ),
    ),
    Bug(
        "holds",
        "a kept place never ends",
        plant.never_due(Kind.KEPT),
        (
            (checker(past.a_journey), "hold.outlived"),
            (invariants(past.a_journey), "rule 7: a kept place outlived its end"),
        ),
    ),
    Bug(
        "secrecy",
        "the place left and the place reached stand in one record",
        plant.let_go_at_arrival,
        (
            (checker(past.a_journey), "secrecy.together"),
            (invariants(past.a_journey), "an entry names where a case was and where it goes"),
        ),
    ),
    Bug(
        "policy",
        "one body alone adopts one",
        plant.a_policy_by_one_body,
        ((test_of(test_adopting.test_nobody_adopts_alone_nor_other_words), "test_nobody_adopts_alone_nor_other_words"),),
    ),
    Bug(
        "policy",
        "scarcity weights hold after their time",
        plant.weights_for_ever,
        ((test_of(test_scarcity.test_thrift_holds_beside_scarcity), "test_thrift_holds_beside_scarcity"),),
    ),
    Bug(
        "glass",
        "one body alone opens free text",
        plant.one_body_suffices,
        (
            (
                test_of(test_glass.test_nothing_opens_before_a_second_person_of_another_body_confirms, SightPurpose.FREE_TEXT),
                "test_nothing_opens_before_a_second_person_of_another_body_confirms",
            ),
        ),
    ),
    Bug(
        "glass",
        "what was opened once stays open",
        plant.never_shut,
        (
            (
                test_of(test_actions.test_free_text_opens_when_somebody_confirms_and_for_its_time_alone),
                "test_free_text_opens_when_somebody_confirms_and_for_its_time_alone",
            ),
            (test_of(test_actions.test_what_a_review_does_not_uphold_is_shut_at_once), "test_what_a_review_does_not_uphold_is_shut_at_once"),
        ),
    ),
    Bug(
        "glass",
        "what one person opened is open to all",
        plant.open_to_anybody,
        ((test_of(test_actions.test_it_is_open_to_nobody_else, replace(test_actions.OP_1, person="op-2")), "test_it_is_open_to_nobody_else"),),
    ),
    Bug(
        "glass",
        "closing a case ends the review of who looked into it",
        plant.closing_ends_reviews,
        (
            (
                test_of(test_glass.test_a_closed_case_can_be_looked_into_and_a_review_outlives_its_closing),
                "test_a_closed_case_can_be_looked_into_and_a_review_outlives_its_closing",
            ),
        ),
    ),
    Bug(
        "trust",
        "a proposal that ran out counts as a place that was not free",
        plant.silence_is_an_answer,
        ((checker(past.silence_of_a_trusted_project), "explained.trust"), (_SILENCE, "test_silence_and_withdrawal_say_nothing_about_the_place")),
    ),
    Bug(
        "trust",
        "one project's answers are taken for another's",
        plant.answers_of_others,
        ((checker(past.not_free_in_one_project), "explained.trust"),),
    ),
    Bug("determinism", "ties are broken by chance", plant.ties_by_chance, ((decided_again(past.two_places_alike), "fields of"),)),
    Bug(
        "idempotency",
        "decided ids are not remembered",
        plant.nothing_remembered,
        (
            (checker(past.a_repeat), "entry.event_twice"),
            (test_of(test_repeats.test_a_repeat_names_the_first_entry_and_has_no_effect), "test_a_repeat_names_the_first_entry_and_has_no_effect"),
        ),
    ),
    Bug(
        "idempotency",
        "a known id is a repeat whatever it brings",
        plant.any_content_is_a_repeat,
        (
            (
                test_of(test_repeats.test_other_content_under_a_known_id_is_refused_and_the_first_stays_known),
                "test_other_content_under_a_known_id_is_refused_and_the_first_stays_known",
            ),
            (test_of(test_repeats.test_another_kind_of_event_under_a_known_id_is_refused), "test_another_kind_of_event_under_a_known_id_is_refused"),
        ),
    ),
    Bug(
        "idempotency",
        "content hash of the clear fields alone",
        plant.content_hash_of_clear_fields,
        ((test_of(test_vault.test_the_content_hash_knows_a_retry_from_other_content), "test_the_content_hash_knows_a_retry_from_other_content"),),
    ),
    Bug(
        "idempotency",
        "content hash of each send",
        plant.content_hash_of_each_send,
        ((test_of(test_vault.test_the_content_hash_knows_a_retry_from_other_content), "test_the_content_hash_knows_a_retry_from_other_content"),),
    ),
    Bug(
        "sealing",
        "one kind of event goes out unsealed",
        plant.referrals_in_the_open,
        (
            (checker(past.a_repeat), "secrecy.plaintext"),
            (CANARIES, "ReferralReceived"),
        ),
    ),
    Bug(
        "sealing",
        "a seal is bound to nothing",
        plant.bound_to(network="", field="", key_version=0, where=b""),
        (
            (test_of(test_seal.test_a_part_opens_in_its_place_alone), "test_a_part_opens_in_its_place_alone"),
            (test_of(test_vault.test_an_accepted_outcome_that_was_moved_is_an_alarm), "test_an_accepted_outcome_that_was_moved_is_an_alarm"),
            (test_of(test_vault.test_rows_are_sealed_in_their_place), "test_rows_are_sealed_in_their_place"),
        ),
    ),
    Bug(
        "sealing",
        "a seal is not bound to its place",
        plant.bound_to(where=b""),
        (
            (test_of(test_vault.test_an_accepted_outcome_that_was_moved_is_an_alarm), "test_an_accepted_outcome_that_was_moved_is_an_alarm"),
            (test_of(test_vault.test_a_forged_event_is_unread), "test_a_forged_event_is_unread"),
        ),
    ),
    Bug(
        "sealing",
        "a seal is not bound to its network",
        plant.bound_to(network=""),
        ((test_of(test_vault.test_another_network_does_not_open_it), "test_another_network_does_not_open_it"),),
    ),
    Bug("sealing", "references are not registered", plant.references_not_registered, ((decided_again(past.a_journey), "not re-decidable"),)),
    Bug(
        "sealing",
        "a rival's key is passed over",
        plant.rivals_key_passed_over,
        (
            (
                test_of(test_vault.test_a_rival_that_made_the_key_of_an_explanation_first),
                "test_a_rival_that_made_the_key_of_an_explanation_first",
            ),
        ),
    ),
    Bug(
        "sealing",
        "an outcome about another case is not registered",
        plant.every_key_told,
        ((test_of(_OF_ANOTHER_CASE), _OF_ANOTHER_CASE.__name__),),
    ),
    Bug("sealing", "the key that the event tells is not seen", plant.no_key_told, ((test_of(_OF_ITS_OWN), _OF_ITS_OWN.__name__),)),
    Bug("sealing", "a copy without a reference tells a key", plant.copies_believed, ((test_of(_UNREGISTERED), _UNREGISTERED.__name__),)),
    Bug("sealing", "the key that one event tells opens another", plant.told_keys_open_events, ((test_of(_NAMED_ALIKE), _NAMED_ALIKE.__name__),)),
    Bug("sealing", "a restored store's lost references stay lost", plant.lost_references_stay_lost, ((test_of(_LOST), _LOST.__name__),)),
    Bug("sealing", "a key that a restore lost counts as destroyed", plant.lost_keys_are_erasures, ((test_of(_NO_KEY), _NO_KEY.__name__),)),
    Bug("sealing", "an old event of an erased case stops a network", plant.repetitions_stop, ((test_of(_OLD), _OLD.__name__),)),
    Bug(
        "sealing",
        "explanations get a key after their case's is gone",
        plant.orphans_get_keys,
        ((test_of(_ORPHANS, fresh=lambda: MemoryKeyStore("it")), _ORPHANS.__name__),),
    ),
    Bug("sealing", "what went with its key counts as lost", plant.destroyed_and_not_remembered, ((test_of(_WENT), _WENT.__name__),)),
    Bug("sealing", "one accepted loss accepts all", plant.any_loss_accepted, ((test_of(_NAMED_LOSS), _NAMED_LOSS.__name__),)),
    Bug("sealing", "what was refused unread is read later", plant.refused_unread_is_read, ((test_of(_UNREAD), _UNREAD.__name__),)),
    Bug("sealing", "references differ each time", plant.references_by_chance, ((decided_again(past.a_journey), "the sealed bytes"),)),
    Bug("sealing", "sizes are shown", plant.sizes_as_they_are, ((test_of(test_seal.test_sizes_go_in_steps), "test_sizes_go_in_steps"),)),
    Bug(
        "state hash",
        "the state hash is not compared",
        plant.state_hash_not_compared,
        (
            (_WRONG_HASHES[0], "test_wrong_state_hash_stops"),
            (_WRONG_HASHES[1], "test_wrong_state_hash_stops"),
        ),
    ),
    Bug("state hash", "the sealed half is not hashed", plant.sealed_half_not_hashed, ((_WRONG_HASHES[1], "test_wrong_state_hash_stops"),)),
    Bug(
        "state hash",
        "a case is hashed as it was",
        plant.case_made_once,
        ((test_of(test_determinism.test_what_was_made_of_earlier_states_changes_no_byte), "test_what_was_made_of_earlier_states_changes_no_byte"),),
    ),
    Bug(
        "snapshot",
        "an anchor is believed without its entry",
        plant.snapshot_believed,
        ((ANCHORED_READER, "a reader goes on from an anchor that is not there"),),
    ),
    Bug("tip", "the tip is never read again", plant.tip_never_read_again, ((LIVE_READER, "a live reader waits for ever"),)),
    Bug("tip", "the tip is known by its offset alone", plant.tip_by_its_offset, ((LIVE_READER, "a live reader waits for ever"),)),
    Bug(
        "tip",
        "the last decided event is not compared",
        plant.events_not_compared,
        ((test_of(test_stops.test_truncated_events_stop_a_worker_at_start), "test_truncated_events_stop_a_worker_at_start"),),
    ),
    Bug(
        "tip",
        "what a look at the tip finds is not minded",
        plant.tip_never_looked_at,
        ((test_of(_LOST_UNSEEN), _LOST_UNSEEN.__name__),),
    ),
    Bug(
        "tip",
        "what a look at the last decided event finds is not minded",
        plant.events_never_looked_at,
        ((test_of(_TRUNCATED_UNSEEN), _TRUNCATED_UNSEEN.__name__),),
    ),
    Bug(
        "state hash",
        "a hash made ahead is taken for another state",
        plant.any_state_hashed_ahead,
        ((test_of(_HASHED_AHEAD), _HASHED_AHEAD.__name__),),
    ),
    Bug(
        "tip",
        "events are trimmed without being compared",
        plant.trimmed_unseen,
        ((test_of(_ANOTHER_EVENT, fresh=MemoryBench), _ANOTHER_EVENT.__name__),),
    ),
    Bug(
        "erasure",
        "no key is destroyed",
        plant.no_key_destroyed,
        ((test_of(test_erasure.test_an_erasure_destroys_the_keys_of_its_case_alone), "test_an_erasure_destroys_the_keys_of_its_case_alone"),),
    ),
    Bug(
        "erasure",
        "the key of explanations is not destroyed",
        plant.explanations_outlive,
        ((test_of(test_erasure.test_an_erasure_destroys_the_keys_of_its_case_alone), "test_an_erasure_destroys_the_keys_of_its_case_alone"),),
    ),
    Bug(
        "erasure",
        "explanations of every month have one key",
        plant.months_are_not_told_apart,
        ((test_of(test_terms.test_a_months_explanations_expire_a_term_after_its_end), "test_a_months_explanations_expire_a_term_after_its_end"),),
    ),
    Bug(
        "erasure",
        "a legal hold does not keep explanations",
        plant.held_explanations_go,
        (
            (
                test_of(test_erasure.test_a_month_takes_along_what_is_of_it_and_of_no_held_case),
                "test_a_month_takes_along_what_is_of_it_and_of_no_held_case",
            ),
        ),
    ),
    Bug(
        "erasure",
        "references outlive their key",
        plant.references_outlive,
        ((_ERASED_STORE, "test_what_is_destroyed_is_gone_with_its_references_for_good"),),
    ),
    Bug(
        "erasure",
        "a destroyed key is made again",
        plant.keys_come_back,
        ((_ERASED_STORE, "test_what_is_destroyed_is_gone_with_its_references_for_good"),),
    ),
    Bug(
        "erasure",
        "a process keeps the key at hand",
        plant.keys_stay_at_hand,
        ((test_of(test_vault.test_an_erased_case_is_forgotten_as_its_erasure_is_read), "test_an_erased_case_is_forgotten_as_its_erasure_is_read"),),
    ),
    Bug(
        "erasure",
        "traces of the case stay in the state",
        plant.traces_stay_in_the_state,
        ((folded_without_the_erased(past.an_erasure), "the folds differ"),),
    ),
    Bug(
        "views",
        "a proposal silences for good what an operator was called in for",
        plant.silenced_for_good,
        ((test_of(_SILENCED), _SILENCED.__name__),),
    ),
    Bug(
        "views", "what is overdue is not told", plant.never_overdue, ((test_of(test_inbox.test_a_review_is_due_then_overdue_then_given), "overdue"),)
    ),
    Bug("views", "any hand-over looks complete", plant.any_hand_over_complete, ((test_of(_INCOMPLETE), _INCOMPLETE.__name__),)),
    Bug("views", "a part does not take what it is folded from", plant.figures_not_wanted, ((test_of(_ENOUGH, {Part.CAPACITY}), _ENOUGH.__name__),)),
    Bug("views", "the position is not checked", plant.position_not_checked, ((ANOTHER_POSITION, "a write from another position"),)),
    Bug(
        "views",
        "the position is written before the rows",
        plant.written_apart(position_first=True),
        ((CRASHES, "views differ from the fold after a crash before write_rows"),),
    ),
    Bug("views", "the position is written after the rows", plant.written_apart(position_first=False), ((CRASHES, "after a crash before advance"),)),
)
