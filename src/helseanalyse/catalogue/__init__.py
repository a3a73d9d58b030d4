"""Which registries, tables, variables and code systems exist: types, units, coverage, source, sensitivity."""
