"""What is said about a line of an events file that is not accepted, in English and Italian. Names of fields and events stay as they are written."""

from __future__ import annotations

from collections.abc import Mapping

from events.language import Said

LINE: Said = ("line {}: {}", "riga {}: {}")
TOO_LONG: Said = (
    "longer than {} bytes; an event is one line of at most that, so shorten its texts or split the file",
    "più lunga di {} byte; un evento è una riga di non più di tanto: accorciarne i testi o dividere il file",
)
NOT_JSON: Said = ("not JSON at column {}: {}; write one object on one line", "non è JSON alla colonna {} ({}); scrivere un oggetto su una riga")
NOT_READABLE: Said = (
    "not JSON that can be read: a number too long or objects too deep; write one plain object",
    "non è JSON leggibile: un numero troppo lungo o oggetti troppo annidati; scrivere un oggetto semplice",
)
NOT_UTF8: Said = (
    "not JSON that can be read; write one plain object in UTF-8",
    "non è JSON leggibile; scrivere un oggetto semplice in UTF-8",
)
NO_OBJECT: Said = (
    'not an object; write {{"event": "<name>", "event_id": "<uuid>", …}}',
    'non è un oggetto; scrivere {{"event": "<nome>", "event_id": "<uuid>", …}}',
)
NO_EVENT: Said = (
    'the field "event" is missing or no text; say which event this is, for example "event": "AvailabilityPublished"',
    'il campo "event" manca o non è un testo; dire di quale evento si tratta, per esempio "event": "AvailabilityPublished"',
)
AN_OUTCOME: Said = (
    "{} is an outcome: the coordinator decides it and nobody reports it; leave the line out",
    "{} è un esito: lo decide il coordinatore e nessuno lo segnala; togliere la riga",
)
UNKNOWN_EVENT: Said = ("unknown event; {}", "evento sconosciuto; {}")
DID_YOU_MEAN: Said = ("did you mean {}?", "forse {}?")
ONE_OF: Said = ("one of: {}", "uno tra: {}")
TWICE: Said = ("field {} stands twice in one object; leave one of them out", "il campo {} compare due volte nello stesso oggetto; toglierne uno")
NO_CONSTANT: Said = ("{} is not JSON; there are only whole numbers here", "{} non è JSON; qui ci sono solo numeri interi")
STRANGE_NAME: Said = ("with a name that no field has", "con un nome che nessun campo ha")

NO_INSTANT: Said = (
    "is neither milliseconds nor ISO 8601; write for example 2026-03-01T08:30:00+01:00",
    "non è in millisecondi né in ISO 8601; scrivere per esempio 2026-03-01T08:30:00+01:00",
)
NO_OFFSET: Said = ("has no offset from UTC; add one, for example +01:00 or Z", "non dice lo scarto da UTC; aggiungerlo, per esempio +01:00 o Z")
TOO_FINE: Said = ("is finer than a millisecond; round it", "è più fine del millisecondo; arrotondarlo")
NOT_IN_YEARS: Said = (
    "is not between the years 1970 and 9999; instants are milliseconds since 1970-01-01T00:00:00Z",
    "non è tra gli anni 1970 e 9999; gli istanti sono millisecondi dal 1970-01-01T00:00:00Z",
)
NO_UUID: Said = (
    "is not a UUID in lower case with hyphens, for example 01956c2e-7d1a-7c3b-8f2e-0123456789ab",
    "non è un UUID in minuscole con trattini, per esempio 01956c2e-7d1a-7c3b-8f2e-0123456789ab",
)
NO_DAY: Said = ("is not a day; write it as 2026-03-01", "non è un giorno; scriverlo come 2026-03-01")
NO_TEXT: Said = ("holds U+0000 or half a surrogate pair; leave it out", "contiene U+0000 o mezza coppia surrogata; toglierli")
OVER_64_BITS: Said = ("is over 64 bits; use a smaller number", "supera i 64 bit; usare un numero più piccolo")

FIELD: Said = ("field {} {}", "il campo {} {}")
UNKNOWN_FIELD: Said = ("unknown field {}{}; correct its name or leave it out{}", "campo sconosciuto {}{}; correggerne il nome o toglierlo{}")
AMONG: Said = (" in {}", " in {}")
HAS: Said = (" ({} has: {})", " ({} ha: {})")
MUST_BE_ONE_OF: Said = ("must be one of {}", "deve essere uno tra {}")
OTHERWISE: Said = ("is not what its schema says", "non è come dice il suo schema")
MORE: Said = ("and {} more", "e altri {}")

BY_KIND: Mapping[str, Said] = {
    "missing": ("is missing; add it", "manca; aggiungerlo"),
    "string_type": ("must be a text in quotes", "deve essere un testo tra virgolette"),
    "int_type": ("must be a whole number without quotes", "deve essere un numero intero senza virgolette"),
    "int_from_float": ("must be a whole number, without a decimal point", "deve essere un numero intero, senza decimali"),
    "bool_type": ("must be true or false", "deve essere true o false"),
    "tuple_type": ("must be a list in square brackets", "deve essere una lista tra parentesi quadre"),
    "model_type": ("must be an object in braces", "deve essere un oggetto tra parentesi graffe"),
    "int_parsing_size": OVER_64_BITS,
}
"""By pydantic's name of the error, after `FIELD`."""
