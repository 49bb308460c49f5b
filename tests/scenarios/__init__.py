"""Written scenarios, played; what is wrong with one is said; together they cover what the network can do."""
