"""A permitted study becomes SQL and then raw aggregates; only release may ask it."""
