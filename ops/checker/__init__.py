"""An independent check of an exported ledger. Imports nothing of ours: fastavro and the standard library alone.

It was written from the domain's text (`docs/domain.md`), not from the code it checks, and shares no line with it: what the network must never do is stated
here a second time. Reading order: `container` (the file), `entry` (one ledger record), `chain`, `places` (capacity and holds), `cases` (people's side),
`safety` (the rules), `secrecy`, `walk` (all of it over a ledger).
"""
