"""What synthetic demand is calibrated on: published figures with their source, and assumptions marked as such.

Nothing here is test truth about the real network; `docs/demand.md` explains each choice. Shares are floats between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from events.vocabulary import (
    AgeGroup,
    DeclineCode,
    Exploitation,
    Gender,
    Indicators,
    Level,
    Need,
    Reason,
    ReferralDeclineCode,
    Source,
    TransferEnd,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Published:
    """A public figure and where it was published."""

    value: float
    source: str


_SIRIT_2020 = "2020, SIRIT, quoted by Save the Children: 2,040 people assisted"
_CALLS_2021 = "2021 report on calls to the helpline: 3,115 calls in the year"

PLACES_OF_ANELLO_FORTE = Published(85, "2023, L'Anello Forte (Piemonte): reception places")
RELEVANT_CALLS_A_YEAR = Published(1_156, "2023, helpline report: relevant calls, about 96 a month")
NOT_PERTINENT_CALLS_A_YEAR = Published(818, _CALLS_2021)
NUISANCE_CALLS_A_YEAR = Published(791, _CALLS_2021)
NEW_CASES_A_YEAR = Published(820, "2018: 1,914 people assisted, 820 of them newly (716 in 2020)")
SHARE_WOMEN = Published(1_668 / 2_040, _SIRIT_2020)
SHARE_MEN = Published(330 / 2_040, _SIRIT_2020)
SHARE_TRANSGENDER = Published(42 / 2_040, _SIRIT_2020)
SHARE_MINORS = Published(105 / 2_040, _SIRIT_2020)
SHARE_FROM_NIGERIA = Published(1_475 / 2_040, _SIRIT_2020)
SHARE_EACH_NEXT_COUNTRY = Published(40 / 2_040, _SIRIT_2020 + "; Cote d'Ivoire, Pakistan, Gambia and Morocco, 40 each")
TRANSFERS_ENDED_WITH_A_PLACE = Published(0.30, "First quarter of 2021, helpline report: network procedures closed with a place in another territory")

# Assumptions: no public figure was found. Chosen so that a day shows every path; each is stated in docs/demand.md.

REQUESTS_A_DAY = 2.0
"""Transfer requests on an ordinary day of the whole network; half of them for cases already in charge."""
SHARE_OF_REQUESTS_FROM_NEW_CASES = 0.5
INSPECTIONS_A_WEEK = 1
"""After which several people are referred together."""
SHARE_WITH_CHILDREN = 0.14
"""Of adult women; children come along and are not counted among the minors above, who are alone."""
SHARE_FATHERS = 0.02
"""Of adult men."""
SHARE_DISPUTED_AGE = 0.012
SHARE_COUPLES = 0.015
SHARE_OCCUPIED = 0.90
SHARE_RESERVED = 0.025
SHARE_NOT_ACCEPTING = 0.04

SOURCES: dict[Source, float] = {
    Source.TERRITORIAL_COMMISSION: 0.24,
    Source.SELF: 0.13,
    Source.RECEPTION_SYSTEM: 0.13,
    Source.NGO: 0.11,
    Source.LAW_ENFORCEMENT: 0.11,
    Source.OTHER_PROJECT: 0.07,
    Source.HEALTH_SERVICE: 0.05,
    Source.CITIZEN: 0.05,
    Source.ANTI_VIOLENCE_CENTRE: 0.04,
    Source.LABOUR_INSPECTORATE: 0.03,
    Source.BORDER_TEAM: 0.02,
    Source.OTHER_STATE: 0.02,
}
"""Who signals a possible victim. The order of the largest is what reports describe; the figures are assumed."""

REASONS: dict[Reason, float] = {
    Reason.SAFETY: 0.44,
    Reason.CAPACITY: 0.24,
    Reason.NEEDS: 0.12,
    Reason.END_OF_PHASE: 0.09,
    Reason.FAMILY: 0.07,
    Reason.ANNOUNCED_ARRIVAL: 0.04,
}

URGENCIES: dict[Urgency, float] = {Urgency.IMMEDIATE: 0.34, Urgency.WITHIN_DAYS: 0.46, Urgency.PLANNED: 0.20}

DECLINES: dict[DeclineCode, float] = {
    DeclineCode.PROVIDER_NOT_FREE: 0.34,
    DeclineCode.PERSON_REFUSED: 0.20,
    DeclineCode.PROVIDER_CANNOT_MEET_NEED: 0.16,
    DeclineCode.PROVIDER_SAFETY_CONCERN: 0.10,
    DeclineCode.ELIGIBILITY_NOT_MET: 0.08,
    DeclineCode.PERSON_CHANGED_MIND: 0.06,
    DeclineCode.OTHER: 0.06,
}

REFERRAL_DECLINES: dict[ReferralDeclineCode, float] = {
    ReferralDeclineCode.NOT_COMPETENT: 0.4,
    ReferralDeclineCode.NO_CAPACITY_TO_ASSESS: 0.3,
    ReferralDeclineCode.CONFLICT_OF_INTEREST: 0.1,
    ReferralDeclineCode.SAFETY: 0.1,
    ReferralDeclineCode.OTHER: 0.1,
}

ASSESSMENTS: dict[Indicators, float] = {Indicators.YES: 0.72, Indicators.UNCLEAR: 0.18, Indicators.NO: 0.10}

SHARE_SEXUAL_EXPLOITATION = Published(0.88, "2018: 88 % of the people assisted were sexually exploited")
EXPLOITATION: dict[Exploitation, float] = {
    Exploitation.SEXUAL: SHARE_SEXUAL_EXPLOITATION.value,
    Exploitation.LABOUR: 0.07,
    Exploitation.BEGGING: 0.02,
    Exploitation.CRIMINAL_ACTIVITY: 0.015,
    Exploitation.DOMESTIC_SERVITUDE: 0.015,
}

FAILED_ARRIVALS: dict[TransferEnd, float] = {
    TransferEnd.RETURNED: 0.4,
    TransferEnd.LEFT: 0.3,
    TransferEnd.PLACED_OUTSIDE: 0.2,
    TransferEnd.MISSING: 0.1,
}

ESSENTIAL_NEEDS: dict[Need, float] = {
    Need.PSYCHIATRIC_CARE: 0.07,
    Need.SERIOUS_ILLNESS_CARE: 0.03,
    Need.ADDICTION_CARE: 0.025,
    Need.DISABILITY_SUPPORT: 0.02,
    Need.STEP_FREE: 0.015,
}
"""Of adults; pregnancy is drawn for women alone."""
SHARE_PREGNANT = 0.07

LEVELS: dict[Level, float] = {
    Level.EMERGENCY: 0.14,
    Level.FIRST: 0.40,
    Level.SECOND: 0.24,
    Level.SEMI_AUTONOMY: 0.14,
    Level.AUTONOMY: 0.08,
}

OFFERS: dict[Need, float] = {
    Need.PSYCHIATRIC_CARE: 0.24,
    Need.STEP_FREE: 0.18,
    Need.SERIOUS_ILLNESS_CARE: 0.20,
    Need.DISABILITY_SUPPORT: 0.11,
    Need.ADDICTION_CARE: 0.12,
}
OFFERS_PREGNANCY_CARE = 0.45
"""Of units that host women or mothers."""

SPEECH: dict[str, float] = {
    "eng": 0.92,
    "fra": 0.62,
    "pcm": 0.48,
    "ara": 0.32,
    "ron": 0.28,
    "spa": 0.30,
    "sqi": 0.18,
    "bin": 0.16,
    "urd": 0.16,
    "por": 0.14,
    "ben": 0.12,
    "yor": 0.10,
    "wol": 0.10,
    "rus": 0.12,
    "ukr": 0.12,
    "zho": 0.10,
}
"""Share of units whose staff speaks a language, besides Italian. ISO 639-3."""

TONGUES: tuple[tuple[float, tuple[str, ...]], ...] = (
    (SHARE_FROM_NIGERIA.value * 0.62, ("eng", "pcm")),
    (SHARE_FROM_NIGERIA.value * 0.30, ("bin", "eng", "pcm")),
    (SHARE_FROM_NIGERIA.value * 0.06, ("eng", "yor")),
    (SHARE_FROM_NIGERIA.value * 0.02, ("bin",)),
    (SHARE_EACH_NEXT_COUNTRY.value, ("fra",)),
    (SHARE_EACH_NEXT_COUNTRY.value, ("urd",)),
    (SHARE_EACH_NEXT_COUNTRY.value, ("eng", "wol")),
    (SHARE_EACH_NEXT_COUNTRY.value, ("ara", "fra")),
    (0.045, ("ron",)),
    (0.03, ("ben",)),
    (0.025, ("spa",)),
    (0.025, ("por",)),
    (0.02, ("sqi",)),
    (0.015, ("zho",)),
    (0.01, ("rus", "ukr")),
)
"""Languages people bring, by weight; countries are used for this alone, for nationality is never an attribute of a case."""

SHARE_ONLY_LANGUAGE = 0.10
"""Of adults: nobody could be understood in another language."""

AGE_GROUPS_OF_CHILDREN: dict[AgeGroup, float] = {AgeGroup.CHILD: 0.85, AgeGroup.MINOR: 0.15}
TRANS_GENDERS: dict[Gender, float] = {Gender.TRANS_WOMAN: 0.88, Gender.TRANS_MAN: 0.07, Gender.NON_BINARY: 0.05}
