"""What is said about a data sheet that cannot be read, in English and Italian. Names of columns and codes stay as they are written."""

from __future__ import annotations

from events.language import Said

LINE: Said = ("line {}: {}", "riga {}: {}")
LINE_AND_COLUMN: Said = ("line {}, column {}: {}", "riga {}, colonna {}: {}")

CELLS: Said = (
    "has more or fewer cells than the header; quote a cell that holds a comma",
    "ha più o meno celle dell'intestazione; mettere tra virgolette una cella che contiene una virgola",
)
NO_NAME: Said = (
    "is empty; write any name that says which rows are one household",
    "è vuota; scrivere un nome qualsiasi che dica quali righe sono un nucleo",
)
TOO_LONG: Said = ("a sheet has at most {} lines; split it", "una scheda ha al massimo {} righe; dividerla")
NO_CSV: Said = (
    "is no CSV: a quotation mark is not closed, or stands inside a cell",
    "non è CSV: le virgolette non sono chiuse, o stanno dentro una cella",
)
UNKNOWN_COLUMN: Said = ("a column is not known{}. The columns are {}", "una colonna non è conosciuta{}. Le colonne sono {}")
DID_YOU_MEAN: Said = ("; did you mean {}?", "; forse {}?")
TWICE: Said = ("a column stands twice", "una colonna compare due volte")
COLUMN_MISSING: Said = ("is missing; its cells may be empty where nothing is known", "manca; le sue celle possono restare vuote dove non si sa nulla")
DIFFERS: Said = (
    "differs from the first row of the same case; it is said of the case, so write it alike",
    "è diversa dalla prima riga dello stesso caso; riguarda il caso, quindi va scritta uguale",
)
NOT_IN_CHARGE: Said = (
    "only who has taken a case in charge assesses it; write yes under taken_in_charge",
    "valuta un caso solo chi lo ha preso in carico; scrivere sì sotto taken_in_charge",
)
SAME_LETTER: Said = (
    "two persons of the case have one letter; leave the column empty and they are counted through",
    "due persone del caso hanno la stessa lettera; lasciare vuota la colonna e si contano da sole",
)
NO_LETTER: Said = (
    "is one or two small letters that count the persons of a household (a, b, …), and no name; or leave it empty",
    "è una o due lettere minuscole che contano le persone di un nucleo (a, b, …), e non un nome; o lasciarla vuota",
)
NO_LANGUAGES: Said = (
    "are ISO 639-3 codes separated by spaces, such as: eng pcm",
    "contiene codici ISO 639-3 separati da spazi, come: eng pcm",
)
LANGUAGE_NEEDED: Said = ("needs the language under languages", "richiede la lingua sotto languages")
ONE_OF: Said = ("is one of {}", "è uno tra {}")
SEVERAL_OF: Said = ("are words separated by spaces, of {}", "contiene parole separate da spazi, tra {}")
YES_OR_NO: Said = ("is yes or no", "è sì o no")
