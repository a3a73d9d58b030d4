"""Code systems with their hierarchy: ICD-10, ICPC-2, ATC, procedures, municipalities and a few more."""

SYSTEM_NAMES: tuple[str, ...] = (
    "ICD-10",
    "ICPC-2",
    "ATC",
    "NCSP",
    "NCMP",
    "NCRP",
    "municipality",
    "NUS2000",
    "ICD-O-3",
)
