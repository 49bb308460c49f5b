"""Operations: the services a network runs on, its topics, load and faults, and the checker that shares no code with the product."""
