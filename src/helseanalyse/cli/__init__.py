"""The commands of the terminal; no rules of its own."""
