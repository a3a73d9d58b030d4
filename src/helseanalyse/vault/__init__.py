"""Registries at rest: load, check, link, version; the keys apart from the data."""
