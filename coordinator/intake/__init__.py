"""Intake: the one way in. Seals plain events, appends them to `staffetta.events`, and answers with what the ledger accepted.

Gateway and command line share it. Nothing here decides, and nothing is answered from memory of a send: an answer is an accepted entry read back.
"""
