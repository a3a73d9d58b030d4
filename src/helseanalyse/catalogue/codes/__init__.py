"""Code systems with their hierarchy: ICD-10, ICPC-2, ATC, procedures, municipalities and a few more."""

from helseanalyse.catalogue.codes.known import SYSTEM_NAMES, accepts, system
from helseanalyse.catalogue.codes.model import CodeError, CodeLevel, Coverage, Entry, Group, Status
from helseanalyse.catalogue.codes.system import CodeSystem

__all__ = [
    "SYSTEM_NAMES",
    "CodeError",
    "CodeLevel",
    "CodeSystem",
    "Coverage",
    "Entry",
    "Group",
    "Status",
    "accepts",
    "system",
]
