"""The laboratory: synthetic months of a network, played by any policy of matching on the very rules and matcher of the product.

Reading order: `instance` (what happens whatever a policy does), then who plays it.
"""
