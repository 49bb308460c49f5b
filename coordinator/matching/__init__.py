"""Which place suits which request: the safety rules, the score and the matcher. Pure; knows requests and places, no state, no events."""
