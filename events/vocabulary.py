"""The closed vocabularies of the network. Wire symbols are the values; never rename a released one.

Source: the domain's words (docs/domain.md). Every enum is a `StrEnum`, so a member is its wire symbol.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """In which role an actor speaks. One person acts in one role at a time."""

    HELPLINE = "helpline"
    PROJECT = "project"
    ADMINISTRATOR = "administrator"
    """Registers projects, adopts policies and rules."""
    CLOCK = "clock"
    """The service itself, when it reports that a deadline has passed."""


class Level(StrEnum):
    """Reception level of a unit."""

    EMERGENCY = "emergency"
    FIRST = "first"
    SECOND = "second"
    SEMI_AUTONOMY = "semi_autonomy"
    AUTONOMY = "autonomy"
    NON_RESIDENTIAL = "non_residential"


class Gender(StrEnum):
    """Who the person says they are; never who somebody else says they are."""

    WOMAN = "woman"
    MAN = "man"
    TRANS_WOMAN = "trans_woman"
    TRANS_MAN = "trans_man"
    NON_BINARY = "non_binary"


class AgeGroup(StrEnum):
    """Age as far as safety needs it. `DISPUTED` is treated as `MINOR` everywhere."""

    CHILD = "child"
    """Under 14."""
    MINOR = "minor"
    """14 to 17."""
    DISPUTED = "disputed"
    ADULT = "adult"


class GivenBy(StrEnum):
    """Who decides that somebody may move."""

    SELF = "self"
    GUARDIAN = "guardian"
    """A minor's guardian, appointed (*tutore*)."""
    AUTHORITY = "authority"
    """The court or the service that decides for a minor where there is no guardian yet."""
    VITAL_INTEREST = "vital_interest"
    """Nobody is able to decide, and life or limb is at stake; never reported as an agreement, but by `VitalInterestInvoked`."""


class ChildView(StrEnum):
    """What a minor says about moving. It is heard and recorded; people weigh it."""

    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    TOO_YOUNG = "too_young"
    """Too young to have one that could be asked for."""


class Host(StrEnum):
    """Whom a unit may host. A unit that hosts unaccompanied minors hosts nobody else."""

    WOMEN = "women"
    MEN = "men"
    TRANS_WOMEN = "trans_women"
    TRANS_MEN = "trans_men"
    NON_BINARY = "non_binary"
    MOTHERS_WITH_CHILDREN = "mothers_with_children"
    FATHERS_WITH_CHILDREN = "fathers_with_children"
    UNACCOMPANIED_MINORS = "unaccompanied_minors"


class Need(StrEnum):
    """What a person needs and a unit may offer. Essential ones exclude, preferred ones weigh."""

    PSYCHIATRIC_CARE = "psychiatric_care"
    ADDICTION_CARE = "addiction_care"
    DISABILITY_SUPPORT = "disability_support"
    STEP_FREE = "step_free"
    PREGNANCY_CARE = "pregnancy_care"
    SERIOUS_ILLNESS_CARE = "serious_illness_care"


class DangerKind(StrEnum):
    """What `Danger.value` names. Never an address."""

    PROVINCE = "province"
    REGION = "region"
    MACRO_AREA = "macro_area"
    PROJECT = "project"
    BODY = "body"
    UNIT = "unit"


class KeepApart(StrEnum):
    """Why two cases must never be near each other. Always symmetric."""

    CO_TRAFFICKED = "co_trafficked"
    RECRUITER = "recruiter"
    WITNESS_AGAINST = "witness_against"
    OTHER_DANGER = "other_danger"


class Source(StrEnum):
    """Who signalled a possible victim."""

    TERRITORIAL_COMMISSION = "territorial_commission"
    LAW_ENFORCEMENT = "law_enforcement"
    LABOUR_INSPECTORATE = "labour_inspectorate"
    HEALTH_SERVICE = "health_service"
    RECEPTION_SYSTEM = "reception_system"
    BORDER_TEAM = "border_team"
    OTHER_STATE = "other_state"
    ANTI_VIOLENCE_CENTRE = "anti_violence_centre"
    NGO = "ngo"
    CITIZEN = "citizen"
    SELF = "self"
    OTHER_PROJECT = "other_project"


class ContactChannel(StrEnum):
    """How somebody reached the helpline."""

    TELEPHONE = "telephone"
    TEXT_MESSAGE = "text_message"
    CHAT = "chat"
    EMAIL = "email"
    IN_PERSON = "in_person"
    OTHER = "other"


class Relevance(StrEnum):
    """How the helpline filtered a contact."""

    RELEVANT = "relevant"
    NOT_PERTINENT = "not_pertinent"
    NUISANCE = "nuisance"


class ContactReason(StrEnum):
    """What a contact was about."""

    SIGNALS_SOMEBODY = "signals_somebody"
    ASKS_HELP = "asks_help"
    ASKS_INFORMATION = "asks_information"
    ASKS_ADVICE = "asks_advice"
    """From somebody of the field: a lawyer, a health worker, an officer."""
    SEEKS_PLACE = "seeks_place"
    """A project looks for a place elsewhere (*messa in rete*)."""
    OTHER = "other"


class GroupWish(StrEnum):
    """What people referred together are to each other."""

    TOGETHER = "together"
    """They go to one project."""
    APART = "apart"
    """Each is kept apart from each."""


class ReferralDeclineCode(StrEnum):
    """Why a project does not take a referral."""

    NOT_COMPETENT = "not_competent"
    NO_CAPACITY_TO_ASSESS = "no_capacity_to_assess"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    SAFETY = "safety"
    OTHER = "other"
    """Needs a text, and is counted."""


class Indicators(StrEnum):
    """The outcome of an identification or assessment: whether there are indicators of trafficking."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class Exploitation(StrEnum):
    """What people are exploited for. For reporting; never a matching attribute."""

    SEXUAL = "sexual"
    LABOUR = "labour"
    BEGGING = "begging"
    CRIMINAL_ACTIVITY = "criminal_activity"
    DOMESTIC_SERVITUDE = "domestic_servitude"
    FORCED_MARRIAGE = "forced_marriage"
    ORGAN_REMOVAL = "organ_removal"
    OTHER = "other"


class ReferralEnd(StrEnum):
    """How a case ended."""

    TAKEN_IN_CHARGE_ENDED = "taken_in_charge_ended"
    NOT_A_VICTIM = "not_a_victim"
    DECLINED_HELP = "declined_help"
    MOVED_ABROAD = "moved_abroad"
    OTHER = "other"
    """Needs a text, and is counted."""


class Reason(StrEnum):
    """Why a place elsewhere is needed."""

    SAFETY = "safety"
    CAPACITY = "capacity"
    NEEDS = "needs"
    FAMILY = "family"
    END_OF_PHASE = "end_of_phase"
    ANNOUNCED_ARRIVAL = "announced_arrival"


class Urgency(StrEnum):
    """How soon a place is needed, most urgent first."""

    IMMEDIATE = "immediate"
    WITHIN_DAYS = "within_days"
    PLANNED = "planned"


class ScarcityStanding(StrEnum):
    """Why scarcity weights did or did not play a part in a match."""

    IN_FORCE = "in_force"
    MISSING = "missing"
    """The policy has none: thrift held in their stead."""
    EXPIRED = "expired"
    """Their time was over: likewise."""


class DeclineCode(StrEnum):
    """Why a proposal was declined; the first part of the value names the party (provider, person, eligibility)."""

    PROVIDER_NOT_FREE = "provider_not_free"
    """Not free after all: the unit's availability is corrected to none until it is published again."""
    PROVIDER_CANNOT_MEET_NEED = "provider_cannot_meet_need"
    PROVIDER_SAFETY_CONCERN = "provider_safety_concern"
    PERSON_REFUSED = "person_refused"
    PERSON_CHANGED_MIND = "person_changed_mind"
    ELIGIBILITY_NOT_MET = "eligibility_not_met"
    """Who the person is, or what they need, has to be assessed again."""
    OTHER = "other"
    """Needs a text, and is counted."""
    ELIGIBILITY_NOT_THIS_UNIT = "eligibility_not_this_unit"
    """Not eligible for this unit, whatever is free in it."""


class Consequence(StrEnum):
    """What follows from a decline, beside that the place is free again."""

    CORRECT_AVAILABILITY = "correct_availability"
    """What the unit published is not free: nothing in it counts as free until it publishes anew."""
    NOT_THIS_UNIT = "not_this_unit"
    """This unit is not offered to this case again until something about either changes."""
    REASSESS = "reassess"
    """Somebody looks at the case again; nothing is proposed until what it needs was amended."""
    PARK = "park"
    """This unit is not offered to this case again for a time."""


class InquiryEnd(StrEnum):
    """How an inquiry ended."""

    YES = "yes"
    NO = "no"
    EXPIRED = "expired"
    """Nobody answered in time; silence is not a refusal, but the unit is not asked again for a time."""
    PLACE_ACCEPTED = "place_accepted"
    """A project accepted a proposal for the case."""
    RELEASED = "released"
    """Taken back by the network: the unit is no longer safe for the case, or was closed."""
    TRANSFER_OVER = "transfer_over"


class OverrideCode(StrEnum):
    """Why people propose a unit before others that the matcher ranks higher."""

    FAMILY_NEAR = "family_near"
    PERSON_WISHES = "person_wishes"
    """The person asked for it, in their own words."""
    CARE_BEGUN = "care_begun"
    HEARING_OR_PERMIT = "hearing_or_permit"
    PROJECT_KNOWS_THEM = "project_knows_them"
    BETTER_NOT_ABLE = "better_not_able"
    """Whoever is ranked higher said on the telephone that they could not."""
    MINOR = "minor"
    """A minor: people choose."""
    OTHER = "other"


class HandOverItem(StrEnum):
    """What a hand-over has to have arranged."""

    ESCORT = "escort"
    INTERPRETER = "interpreter"
    MEDICINES = "medicines"
    DOCUMENTS = "documents"
    COSTS = "costs"
    MEETING_POINT = "meeting_point"
    """Agreed between the two projects, outside the system: no address enters it."""


class ProposalEnd(StrEnum):
    """How a proposal ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    """Taken back by the network: a danger, a keep-apart link, an agreement withdrawn, a unit closed or shrunk."""


class TransferEnd(StrEnum):
    """How a transfer ended."""

    ARRIVED = "arrived"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    LEFT = "left"
    MISSING = "missing"
    PLACED_OUTSIDE = "placed_outside"
    STOPPED = "stopped"
    """On the way, at a safe stop that was agreed: they no longer agree to move, or cannot go on."""
    UNMATCHED = "unmatched"
    """The request's own deadline passed and no place had been found."""


class Escalation(StrEnum):
    """Why an operator of the helpline is called in."""

    NO_PLACE = "no_place"
    """No unit fits now."""
    MINOR = "minor"
    """Minors are never placed automatically."""
    DISCLOSURES_USED = "disclosures_used"
    DECLINES_USED = "declines_used"
    DEADLINE_PASSED = "deadline_passed"
    AGREEMENT_MISSING = "agreement_missing"
    SAFETY_CHANGED = "safety_changed"
    """A danger, link or withdrawn agreement arrived after the place had been accepted or the person had left."""
    ARRIVAL_OVERDUE = "arrival_overdue"
    REASSESS = "reassess"
    """A project found the person not eligible: what they need has to be looked at again, and the request amended."""
    NOT_CONFIRMED = "not_confirmed"
    """A prepared proposal was not confirmed in time."""
    NO_PROJECT_ON_DUTY = "no_project_on_duty"
    """Units fit, and nobody of their projects is on duty; nobody was asked. Matching goes on when one comes on duty."""
    PLACES_KEPT = "places_kept"
    """Units fit, and are worth more to others who may still come; the request has time to wait. Matching goes on, and the helpline may choose one."""
    PROGRAMME_ENDED = "programme_ended"
    """The programme of the project that accepted, or of the one that hosts, has ended and nobody succeeds it."""


class Rule(StrEnum):
    """The named safety rules of the domain, and those that are not about safety but exclude a unit all the same.

    Order is the order in which they are examined; the first that excludes a unit is the one named. The last is no rule about a unit by itself: it says what came
    of it where requests competed.
    """

    ACCEPTING = "accepting"
    """The unit is closed, not accepting, or not residential."""
    ONE_PLACE_ONE_CASE = "one_place_one_case"
    """Rule 1: not enough free places in this one unit for the whole household."""
    NEVER_TOWARDS_DANGER = "never_towards_danger"
    """Rule 2."""
    NEVER_WITH_EXPLOITERS = "never_with_exploiters"
    """Rule 3."""
    MINORS = "minors"
    """Rule 4."""
    GENDER = "gender"
    """Rule 5."""
    ESSENTIAL_NEEDS = "essential_needs"
    """Rule 6."""
    AGREEMENT = "agreement"
    """Rule 7."""
    ONE_LIVE_PROPOSAL = "one_live_proposal"
    """Rule 8."""
    FRESHNESS = "freshness"
    """Rule 9."""
    PEOPLE_DECIDE = "people_decide"
    """Rule 10."""
    DECLINED_BEFORE = "declined_before"
    """This unit declined this case, and nothing has changed since."""
    ON_DUTY = "on_duty"
    """Nobody of its project is on duty for as long as an immediate request may wait. The last that is examined: whatever it excludes would fit."""
    KEPT_FOR_OTHERS = "kept_for_others"
    """It would fit; it is worth more to others who may still come, and the request has time to wait for another place."""
    TAKEN_BY_ANOTHER = "taken_by_another"
    """It would fit; in the same decision its free places went to others, so that the network as a whole gains most."""


class ReviewVerdict(StrEnum):
    """What a review found about an action that one body took alone."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    """It should not have been taken; what follows is for people to do, with events of their own."""


class SightPurpose(StrEnum):
    """What somebody is to see for a limited time that their role alone does not show."""

    FREE_TEXT = "free_text"
    """What was written about a case in people's own words, for the helpline."""
    SAFETY_DETAIL = "safety_detail"
    """Which danger or which link excluded a unit, for the helpline."""
    EXPORT = "export"
    """The ledger of the whole network in plain, for an administrator."""


class HoldStage(StrEnum):
    """Where a hold stands."""

    HELD = "held"
    """Proposed; runs out."""
    RESERVED = "reserved"
    """Accepted, or on the way."""
    OCCUPIED = "occupied"
    """Arrived; counts until a published count takes it into account."""
    KEPT = "kept"
    """The place left behind; counts once a published count takes the departure into account."""


class TransferStage(StrEnum):
    """Where a live transfer stands, in order."""

    WAITING = "waiting"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DEPARTED = "departed"


class Programme(StrEnum):
    """Where a project stands in its programme period."""

    AHEAD = "ahead"
    """Its first day is still to come."""
    RUNNING = "running"
    OVER = "over"
    """Its last day has passed, and nobody has said what follows: it keeps whom it has and is sent nobody."""
    ENDED = "ended"
    """An administrator has ended it: what it had has passed on."""


class RefusalCode(StrEnum):
    """Why an event changed nothing. Every code has a sentence in `events.sentences`."""

    UNKNOWN_SCHEMA = "unknown_schema"
    WRONG_NETWORK = "wrong_network"
    ID_MALFORMED = "id_malformed"
    ID_TOO_OLD = "id_too_old"
    ID_FROM_FUTURE = "id_from_future"
    ID_REUSED = "id_reused"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    BODY_NOT_ALLOWED = "body_not_allowed"
    FIELD_INVALID = "field_invalid"
    TOO_LARGE = "too_large"
    OBSERVED_IN_FUTURE = "observed_in_future"
    OBSERVED_OUT_OF_ORDER = "observed_out_of_order"
    SEQUENCE_AHEAD = "sequence_ahead"
    NO_POLICY = "no_policy"
    POLICY_NOT_NEWER = "policy_not_newer"
    RULES_NOT_CARRIED = "rules_not_carried"
    UNKNOWN_PROJECT = "unknown_project"
    PROJECT_EXISTS = "project_exists"
    UNKNOWN_AREA = "unknown_area"
    UNKNOWN_UNIT = "unknown_unit"
    UNIT_EXISTS = "unit_exists"
    UNIT_CLOSED = "unit_closed"
    UNIT_IN_USE = "unit_in_use"
    MORE_THAN_PLACES = "more_than_places"
    UNKNOWN_CASE = "unknown_case"
    CASE_EXISTS = "case_exists"
    CASE_ERASED = "case_erased"
    CASE_IN_TRANSFER = "case_in_transfer"
    UNKNOWN_PERSON = "unknown_person"
    NOT_RESPONSIBLE = "not_responsible"
    ALREADY_RESPONSIBLE = "already_responsible"
    HOUSEHOLD_TOO_LARGE = "household_too_large"
    UNKNOWN_TRANSFER = "unknown_transfer"
    TRANSFER_EXISTS = "transfer_exists"
    TRANSFER_OVER = "transfer_over"
    NO_LIVE_PROPOSAL = "no_live_proposal"
    PROPOSAL_SUPERSEDED = "proposal_superseded"
    NOT_ASKED = "not_asked"
    NOT_ACCEPTED_YET = "not_accepted_yet"
    NOT_DEPARTED_YET = "not_departed_yet"
    ALREADY_DEPARTED = "already_departed"
    AGREEMENT_MISSING = "agreement_missing"
    TEXT_NEEDED = "text_needed"
    SAFETY = "safety"
    """A safety rule forbids it; which one is told to those with the right to know."""
    DEADLINE_NOT_REACHED = "deadline_not_reached"
    SAME_CASE = "same_case"
    QUESTION_STANDS = "question_stands"
    PAUSES_USED = "pauses_used"
    NO_QUESTION = "no_question"
    UNKNOWN_ACTION = "unknown_action"
    """No such action waits for confirmation, or for review."""
    ANOTHER_BODY_NEEDED = "another_body_needed"
    TOO_MANY_AWAITED = "too_many_awaited"
    NOTHING_TO_LOWER = "nothing_to_lower"
    LEGAL_HOLD = "legal_hold"
    NO_LEGAL_HOLD = "no_legal_hold"
    UNKNOWN_INQUIRY = "unknown_inquiry"
    CODE_NEEDED = "code_needed"
    NOT_WAITING = "not_waiting"
    HAND_OVER_PREPARED = "hand_over_prepared"
    HAND_OVER_NOT_PREPARED = "hand_over_not_prepared"
    NO_NOTIFICATION_DUE = "no_notification_due"
    CASE_CLOSED = "case_closed"
    CASE_MERGED = "case_merged"
    """The case was found to be the same as another, whose id is used."""
    BOTH_IN_TRANSFER = "both_in_transfer"
    KEPT_APART = "kept_apart"
    """Two cases that must be kept apart cannot be one person; the link has to be removed first."""
    PLACE_KEPT = "place_kept"
    NOTIFICATION_IS_DUE = "notification_is_due"
    """An authority has still to be notified of a missing minor."""
    NOT_OFFERED = "not_offered"
    PROGRAMME_OVER = "programme_over"
    NO_PLACE_FREE = "no_place_free"
    """The unit has no fresh free places for the whole household, or takes nobody in."""
    ALREADY_PROPOSED = "already_proposed"
    SWAP_UNEVEN = "swap_uneven"
    UNKNOWN_KIND = "unknown_kind"
    """A kind of place is not written as one."""
    IMMEDIATE_NEVER_WAITS = "immediate_never_waits"
    POLICY_NOT_CONFIRMED = "policy_not_confirmed"
    """The policy in force wants a second body to have confirmed these very words first."""
