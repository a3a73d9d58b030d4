"""A synthetic Norway, made from the schema and published figures only."""
