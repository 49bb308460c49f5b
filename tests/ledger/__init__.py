"""The ledger loop and its reader, on an in-memory log and on real Kafka."""
