"""The Faust app: it assigns networks to processes and rings when an event comes. What is decided, and from what, is the ledger's business."""
