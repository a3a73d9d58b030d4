"""Who did what: an append-only Merkle log; knows nothing else of ours."""

from helseanalyse.audit.log import AuditError, Log, Receipt

__all__ = ["AuditError", "Log", "Receipt"]
