"""Who may ask about which variables, whom, for what purpose, how long and in which lane."""

from helseanalyse.permit.permit import Grant, Permit, PermitError, grant, grant_public, made_for_synthetic

__all__ = ["Grant", "Permit", "PermitError", "grant", "grant_public", "made_for_synthetic"]
