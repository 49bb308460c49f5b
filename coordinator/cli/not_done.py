"""Every way in which a command is not done: a code of one closed list, told in English or Italian (`coordinator.cli.not_done_words`)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from coordinator.cli.not_done_words import WORDS
from events.language import Said, filled, joined


class Cannot(StrEnum):
    """Why a command was not done. Programs read the code under `--json`."""

    WRONG_USE = "wrong-use"
    NOBODY_ANSWERED = "nobody-answered"
    SETTINGS_INVALID = "settings-invalid"
    NOT_CONFIGURED = "not-configured"
    UNKNOWN_NETWORK = "unknown-network"
    UNKNOWN_ROLE = "unknown-role"
    NOT_FOR_ROLE = "not-for-role"
    UNKNOWN_CHOICE = "unknown-choice"
    UNKNOWN_LOAD = "unknown-load"
    NO_MOMENT = "no-moment"
    NO_TIME = "no-time"
    PERIOD_ENDS_FIRST = "period-ends-first"
    NO_SLUG = "no-slug"
    NO_CASE_ID = "no-case-id"
    NO_TRANSFER_ID = "no-transfer-id"
    NOTHING_DELETED = "nothing-deleted"
    NOTHING_REFUSED = "nothing-refused"

    NO_FILE = "no-file"
    FILE_EXISTS = "file-exists"
    CANNOT_READ = "cannot-read"
    CANNOT_WRITE = "cannot-write"
    NOT_UTF8 = "not-utf8"
    LINES_INVALID = "lines-invalid"
    SHEET_INVALID = "sheet-invalid"
    EVENTS_FILE_EXISTS = "events-file-exists"
    SCENARIO_INVALID = "scenario-invalid"
    NO_JSON = "no-json"
    NO_JSON_OBJECT = "no-json-object"
    NO_POLICY_IN = "no-policy-in"

    OTHERS_FIGURES = "others-figures"
    NO_CASE = "no-case"
    OTHERS_CASES = "others-cases"
    OTHERS_INBOX = "others-inbox"
    UNKNOWN_PROJECT = "unknown-project"
    NO_EXPLANATION = "no-explanation"
    RECOMPUTED_OTHERWISE = "recomputed-otherwise"
    DETAIL_NOT_OPENED = "detail-not-opened"
    TAKES_SEALED = "takes-sealed"
    EXPORT_NOT_OPENED = "export-not-opened"

    NO_POLICY = "no-policy"
    POLICY_REFUSED = "policy-would-be-refused"
    NO_BODY_MISSING = "no-body-missing"
    WAITS_FOR_BODY = "waits-for-body"
    REASON_NEEDED = "reason-needed"

    NO_NETWORK_FILE = "no-network-file"
    OPENING_REFUSED = "opening-refused"
    NOT_WRITTEN = "not-written"
    NOT_HEALED = "not-healed"
    LOSS_REFUSED = "loss-refused"
    TRIM_REFUSED = "trim-refused"

    NO_DATA_DIRECTORY = "no-data-directory"
    STILL_RUNS = "still-runs"
    DOES_NOT_END = "does-not-end"
    ENDED_EARLY = "ended-early"
    NOT_READY = "not-ready"
    OTHER_NOT_READY = "other-not-ready"

    NO_FUTURES = "no-futures"
    PACKAGE_MISSING = "package-missing"
    NO_PLOTS = "no-plots"

    TOPIC_MISSING = "topic-missing"
    TOPICS_WRONG = "topics-wrong"
    TOPIC_CHANGED = "topic-changed"
    BROKERS_SILENT = "brokers-silent"
    NOT_RECORDED = "not-recorded"
    LAGGING = "lagging"
    EVENT_TOO_LARGE = "event-too-large"
    DATABASE_REFUSED = "database-refused"
    SERVICE_FAILED = "service-failed"
    NO_ANSWER = "no-answer"
    TOKENS_INVALID = "tokens-invalid"
    TAIL_ENDED = "tail-ended"

    LEDGER_TAIL_LOST = "ledger-tail-lost"
    LEDGER_HEAD_TRIMMED = "ledger-head-trimmed"
    BODY_UNREADABLE = "body-unreadable"
    STATE_DIVERGED = "state-diverged"
    EVENTS_TRUNCATED = "events-truncated"
    EVENT_DIFFERS = "event-differs"
    EVENTS_HOLE = "events-hole"
    EVENT_FROM_FUTURE = "event-from-future"
    EVENT_KEY_MISSING = "event-key-missing"
    READING_FAILED = "reading-failed"
    MASTER_KEY_WRONG = "master-key-wrong"
    KEYS_LOST = "keys-lost"
    KEY_STORE_FAILED = "key-store-failed"
    VIEWS_MISSING = "views-missing"
    VIEWS_OUTDATED = "views-outdated"
    VIEWS_BEHIND = "views-behind"
    REBUILD_RUNNING = "rebuild-running"
    PLACE_HELD_TWICE = "place-held-twice"
    VIEWS_FAILED = "views-failed"
    FACT_UNREADABLE = "fact-unreadable"


MOST_LISTED = 20
"""Problems that are told one by one; the others are counted."""
_MORE: Said = ("and {} more", "e altri {}")


def listed(problems: Sequence[Said]) -> Said:
    """Problems of a file, one a line, indented."""
    shown = list(problems[:MOST_LISTED])
    if len(problems) > MOST_LISTED:
        shown.append(filled(_MORE, len(problems) - MOST_LISTED))
    return joined((filled(("  {}", "  {}"), problem) for problem in shown), "\n")


class NotDone(Exception):
    """The command could not be done: what is the matter, and what to do about it. `named` goes into the words of `why`; what is said in both languages by
    the language.
    """

    def __init__(self, why: Cannot, **named: object) -> None:
        self.why = why
        self._named = named
        super().__init__(self.said[0])

    @property
    def said(self) -> Said:
        """What is the matter."""
        return filled(WORDS[self.why][0], **self._named)

    @property
    def said_to_do(self) -> Said:
        """What to do about it; empty: the matter says all there is to say."""
        return filled(WORDS[self.why][1], **self._named)
