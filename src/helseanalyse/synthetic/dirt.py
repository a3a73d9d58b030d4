"""What is wrong with a delivery, as custodians' deliveries are: each kind of dirt with its share, in one table.

The same rules make the dirt and the table of `docs/synthetic.md`. A rule changes delivered text only; the
clean world behind it is untouched, so a load can be checked against it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

_PRIME = 1_000_003


class Kind(StrEnum):
    """What a rule does to the rows that it takes."""

    BLANK = "blank"  # an empty cell
    REPLACE = "replace"  # one of the given texts instead
    SUFFIX = "suffix"  # the given text after the value
    LONG_AGO = "long ago"  # a date 200 years too early
    AHEAD = "ahead"  # a date 60 years too late
    AFTER_DEATH = "after death"  # a contact 40 days after the person died
    NO_KEY = "no key"  # a person number that the key file does not know
    STRANGER = "stranger"  # a person number that the key file knows, of someone who is not in the population
    NO_PERSON = "no person"  # no person number
    TWICE = "twice"  # the row a second time
    COARSE = "coarse"  # in a file of its own with codes cut to five characters and no product name


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of dirt: where (registry.table or registry.table.column), what, how often, and what a load does."""

    where: str
    kind: Kind
    share: float
    then: str
    values: tuple[str, ...] = ()


RULES: tuple[Rule, ...] = (
    Rule("population.person.country_of_birth", Kind.BLANK, 0.010, "unknown"),
    Rule("population.education.level", Kind.REPLACE, 0.004, "level 9, not stated", ("9",)),
    Rule("npr.episode", Kind.NO_KEY, 0.0010, "set aside: person key is not in the key file"),
    Rule("npr.episode", Kind.STRANGER, 0.0010, "set aside: person not in the population registry"),
    Rule("npr.episode.level_of_care", Kind.BLANK, 0.004, "unknown"),
    Rule("npr.episode.level_of_care", Kind.REPLACE, 0.004, "unknown", ("0",)),
    Rule("npr.episode.discharged_on", Kind.BLANK, 0.010, "unknown"),
    Rule("npr.episode.admitted_on", Kind.LONG_AGO, 0.0003, "set aside: date cannot be"),
    Rule("npr.episode.admitted_on", Kind.AHEAD, 0.0003, "set aside: date cannot be"),
    Rule("npr.episode.admitted_on", Kind.AFTER_DEATH, 0.0005, "kept; counted as a conflict where the person is dead"),
    Rule("npr.episode.any_diagnosis", Kind.REPLACE, 0.0010, "code set aside", ("37622", "UKJENT", "I21.4.9")),
    Rule("npr.episode.any_diagnosis", Kind.SUFFIX, 0.003, "kept: the mark is no part of the code", ("*", "†", " ")),
    Rule("npr.episode.any_procedure", Kind.REPLACE, 0.05, "left out: an ATC code", ("L01XC07", "B05BB01", "N01AX10")),
    Rule("lmr.dispensing", Kind.NO_KEY, 0.0008, "set aside: person key is not in the key file"),
    Rule("lmr.dispensing", Kind.COARSE, 0.060, "kept, with ATC at level 4 and no product"),
    Rule("lmr.dispensing.ddd", Kind.BLANK, 0.003, "unknown"),
    Rule("lmr.dispensing.packs", Kind.REPLACE, 0.0006, "unknown: outside its bounds", ("-1", "99999")),
    Rule("dar.death.underlying_cause", Kind.BLANK, 0.004, "unknown; the death is kept"),
    Rule("kpr.contact", Kind.TWICE, 0.050, "dropped: exact duplicate"),
    Rule("kpr.contact", Kind.NO_PERSON, 0.0010, "set aside: no person key"),
    Rule("kpr.contact.any_diagnosis", Kind.SUFFIX, 0.080, "kept: cut to the ICPC-2 code", (".0001", ".0003")),
    Rule("mfr.birth", Kind.NO_PERSON, 0.0064, "set aside: no person key"),
    Rule("mfr.birth.child", Kind.BLANK, 0.0183, "unknown"),
    Rule("mfr.birth.birth_weight", Kind.REPLACE, 0.001, "unknown: outside its bounds", ("9999",)),
    Rule("krg.case.morphology", Kind.BLANK, 0.006, "unknown"),
    Rule("infarction.infarction.admitted_on", Kind.BLANK, 0.005, "unknown"),
    Rule("infarction.infarction", Kind.NO_KEY, 0.0020, "set aside: not a valid identity number"),
    Rule("stroke.stroke.nihss", Kind.REPLACE, 0.002, "unknown: outside its bounds", ("99",)),
)


def rules_for(where: str, clean: bool) -> tuple[Rule, ...]:
    """The rules for a table or a column; none for a clean delivery.

    >>> [rule.kind.value for rule in rules_for("kpr.contact", clean=False)]
    ['twice', 'no person']
    """
    return () if clean else tuple(rule for rule in RULES if rule.where == where)


def taken(rule: Rule, seed: int, row: str, at: int = 0) -> str:
    """SQL that is true for the rule's share of the rows. row: SQL for a row's number; at: for codes, SQL-free offset.

    Rows are taken by arithmetic on their numbers, so the same rows are dirty in every run.

    >>> taken(Rule("a.b", Kind.TWICE, 0.5, ""), 1, "rowid").startswith("(((rowid) * ")
    True
    """
    digest = hashlib.blake2b(f"{seed}\x1f{rule.where}\x1f{rule.kind}\x1f{at}".encode(), digest_size=8).digest()
    factor = int.from_bytes(digest[:4], "little") % (_PRIME - 1_000) + 500
    shift = int.from_bytes(digest[4:], "little") % _PRIME
    # Row numbers in a line must not give dirt in a line: the factor is large against the prime.
    return f"((({row}) * {factor} + {shift}) % {_PRIME} < {round(rule.share * _PRIME)})"


def choice(rule: Rule, row: str) -> str:
    """SQL for one of the rule's texts, by the row's number.

    >>> choice(Rule("a.b.c", Kind.REPLACE, 0.1, "", ("x", "y")), "rowid")
    "(['x', 'y'])[1 + ((rowid) * 7919 // 31) % 2]"
    """
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in rule.values)
    return f"([{listed}])[1 + (({row}) * 7919 // 31) % {len(rule.values)}]"
