"""The one road out: permit, engine, disclosure, ledger, audit, in that order."""
