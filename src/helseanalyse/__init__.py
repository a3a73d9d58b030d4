"""Helseanalyse: the question goes to the health registries, and only a safe answer comes out."""
