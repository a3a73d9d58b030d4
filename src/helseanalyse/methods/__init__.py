"""Statistics on aggregated counts: arrays in, numbers out, no reading or writing."""
