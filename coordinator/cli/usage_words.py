"""What the parser of arguments says in English, and the same in Italian: patterns whose groups go, in order, into the braces."""

from __future__ import annotations

PATTERNS: tuple[tuple[str, str], ...] = (
    (r"No such command '([^']*)'\. Did you mean (.+)\?", "Non c'è un comando '{}'. Forse {}?"),
    (r"No such command '([^']*)'\.", "Non c'è un comando '{}'."),
    (r"No such option: (\S+)( .+)?", "Non c'è un'opzione {}{}"),
    (r" Did you mean (.+)\?", ". Forse {}?"),
    (r" \(Possible options: (.+)\)", " (ci sono: {})"),
    (r"Missing argument '([^']*)'\.", "Manca l'argomento '{}'."),
    (r"Missing option '([^']*)'\.", "Manca l'opzione '{}'."),
    (r"Missing command\.", "Manca il comando."),
    (r"Option '([^']*)' requires an argument\.", "L'opzione '{}' richiede un valore."),
    (r"Option '([^']*)' does not take a value\.", "L'opzione '{}' non prende un valore."),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", "Argomenti di troppo: {}"),
    (r"Invalid value for '([^']*)': (?:Value error, )?(.*)", "Valore che non va bene per '{}': {}"),
    (r"'([^']*)' is not one of (.*)\.", "'{}' non è uno tra {}."),
    (r"Input should be a valid integer.*", "deve essere un numero intero"),
    (r"Input should be a valid number.*", "deve essere un numero"),
    (r"Input should be greater than or equal to (\S+)", "deve essere almeno {}"),
    (r"Input should be less than or equal to (\S+)", "deve essere al massimo {}"),
    (r"(?:file|path|directory) '([^']*)' does not exist\.", "'{}' non esiste."),
    (r"file '([^']*)' is a directory\.", "'{}' è una cartella."),
    (r"(?:file|directory) '([^']*)' is a file\.", "'{}' è un file."),
)
"""Tried in order."""
