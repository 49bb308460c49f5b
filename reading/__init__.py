"""The room that coordinator and projections share: the one ledger reader, the key store, the vault that seals and opens, erasure."""
