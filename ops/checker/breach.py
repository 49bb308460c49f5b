"""What can be wrong with a ledger: every rule by its name, and a breach of it."""

from __future__ import annotations

from dataclasses import dataclass

RULES: dict[str, str] = {
    "chain.envelope": "Every entry is a readable envelope with a readable body.",
    "chain.genesis": "The ledger begins with a genesis at sequence 0.",
    "chain.network": "Every entry belongs to the one network.",
    "chain.sequence": "Sequences are contiguous.",
    "chain.previous_hash": "Every entry names the SHA-256 of the one before it.",
    "chain.event_offset": "Event offsets are contiguous: one entry an event, none skipped, none twice.",
    "chain.event_time": "Time never goes back.",
    "export.differs": "What the export says beside the raw record is what the raw record says.",
    "entry.verdict": "Every decided entry has exactly one verdict.",
    "entry.event_twice": "One event id takes effect once.",
    "entry.duplicate": "A duplicate names the entry that decided the same event id.",
    "entry.effects": "After a refusal, a duplicate or an unreadable record nothing follows.",
    "entry.id_time": "The instant inside an event id is at most 14 days before and 5 minutes after the event.",
    "hold.unknown": "Only a live hold is reserved, occupied or released.",
    "hold.twice": "A hold id is used once.",
    "hold.differs": "A hold keeps its unit and its number of places.",
    "hold.outlived": "No hold outlives its deadline by more than one tick.",
    "hold.orphan": "A hold ends with the proposal it was for.",
    "capacity.exceeded": "occupied + reserved + held stays within the places, or is flagged.",
    "capacity.mismatch": "The capacity that is told follows from the counts and the holds; an arrival is counted once.",
    "availability.invalid": "A count that takes effect fits the unit and looks back, not ahead.",
    "clock.early": "The clock speaks for a deadline only when it has passed.",
    "responsibility.empty": "A case is always somebody's.",
    "responsibility.double": "Responsibility passes to one, and only when a referral is accepted or a person arrives.",
    "responsibility.route": "A referral goes to the project whose territory it is, else to the helpline.",
    "responsibility.actor": "Only who is responsible (or the helpline) asks for a transfer and lets a person leave.",
    "transfer.state": "A transfer is requested, proposed, accepted, departed and arrived in that order, and ends once.",
    "one_place_one_case": "Rule 1: the whole household's places in one unit, free when they are held.",
    "place_kept": "Rule 1: the place being left stays held until 72 hours after the arrival.",
    "never_towards_danger": "Rule 2: never towards danger.",
    "never_with_exploiters": "Rule 3: never near somebody to be kept apart.",
    "minors": "Rule 4: minors only where minors are hosted, never placed automatically; parents with children where children are hosted.",
    "gender": "Rule 5: the unit hosts whom the person says they are.",
    "essential_needs": "Rule 6: the unit meets essential needs, a language that can be understood among them.",
    "agreement": "Rule 7: each adult's recorded, unexpired agreement.",
    "one_live_proposal": "Rule 8: one live proposal a case.",
    "freshness": "Rule 9: only fresh counts, and places that can be entered.",
    "accepting": "Only open, accepting, residential units are proposed.",
    "declined_before": "A unit that said no is not asked again for the same case while nothing has changed.",
    "cases_same": "Two cases found the same become one, with what protects either; neither while both move nor while they are kept apart.",
    "people_decide": "Rule 10: the receiving project accepts, and a request without a place goes to a person.",
    "operator_decides": "After the disclosures, the declines, the request's own deadline or a call to reassess nothing is proposed by the machine.",
    "inquiry": "At most three projects are asked at once, by every rule of safety, where no figure is fresh; they answer, and no question outlives its use.",
    "missing_minor": "A missing minor opens a duty to notify the authority, and an unmet one calls people in.",
    "answer_time": "A project's time to answer and its reminders run in the hours that it keeps, as the policy says.",
    "on_duty": "An immediate request goes to projects on duty for as long as they have to answer, and only others are called asleep.",
    "reminder": "A project that has still to answer is reminded at each part of its time, once, in order, within one tick.",
    "pause": "Questions of the project that was asked stop its clock, as often and as long as the policy lets them.",
    "glass": "What is behind glass opens where its action takes effect, and for a day at most.",
    "out_of_order": "A better place that people skip is reported, with what was skipped.",
    "swap": "A swap moves both or neither, each into the other's place, by the word of both projects.",
    "two_people": "Rule 10: what takes two people takes two, of two bodies; in an emergency one, with a review within 24 hours.",
    "policy.other_words": "A policy that takes two bodies is adopted in the very words that were confirmed, by their digest.",
    "two_people.late": "An action that nobody confirmed lapses, and an overdue review calls people in, within one tick.",
    "terms.early": "A case is forgotten, or explanations are destroyed, by the clock only after closure or month's end plus the term of the policy.",
    "terms.held": "Nothing of a case under a legal hold is destroyed.",
    "terms.period": "An explanation is sealed under the key of its month, where explanations have a term.",
    "safety.not_released": "A danger, a link or a withdrawn agreement releases the hold at once.",
    "safety.unsaid": "A danger, a link or a withdrawn agreement after departure calls an operator in.",
    "overdue.unsaid": "An arrival overdue by more than the policy allows calls an operator in.",
    "explained.missing": "Each proposal, and each request without a place, is explained in its own entry.",
    "explained.units": "An explanation accounts for every open unit once.",
    "explained.score": "The proposed unit is the best of those scored, and its parts add up.",
    "explained.scarcity": "What a place costs follows from the scarcity weights adopted while they are valid, and what it has to spare from its figure.",
    "explained.trust": "How far a place is trusted follows from the answers of its project and of the network so far, by age.",
    "explained.kept": "A place is kept for others only from whom the policy lets wait, and while it does.",
    "explained.safety": "Rules 2 and 3 are shown as safety and nothing more.",
    "explained.digest": "The digest of an explanation is that of the whole answer, where it can be worked out.",
    "explained.wrong": "A unit is scored if and only if no rule excludes it.",
    "secrecy.clear_field": "A record shows in clear only what may be clear.",
    "secrecy.plaintext": "No sealed text stands in the raw record.",
    "secrecy.together": "No record shows the unit a person leaves together with where they go.",
}
"""Every code a breach may carry, with the rule in a sentence."""


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """One rule broken at one entry."""

    sequence: int
    rule: str
    text: str
    """What was found; names units, holds and opaque ids, never what describes a person."""

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"{self.rule} is no rule")
