"""A safe answer as a page, figures, tables and a machine-readable bundle."""
