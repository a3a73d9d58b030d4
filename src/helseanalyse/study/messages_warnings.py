"""Messages S201 to S299: what a study may do, and should think about."""

from __future__ import annotations

from helseanalyse.study.message import Message

WARNINGS: dict[str, Message] = {
    "S201": Message(
        en="The code {code} of {system} was valid {years}, and not in the study period.",
        do="Is it the right code for these years? Leave it in if the look-back reaches its years.",
        nb="Koden {code} i {system} var gyldig {years}, og ikke i studieperioden.",
        gjor="Er det riktig kode for disse årene? La den stå hvis tilbakeblikket når årene.",
        severity="warning",
    ),
    "S202": Message(
        en="The curve {name} is Kaplan-Meier although the study names a competing event: its risk is too high.",
        do='Leave `method` out, or write method="aalen_johansen".',
        nb="Kurven {name} er Kaplan-Meier selv om studien har en konkurrerende hendelse: risikoen blir for høy.",
        gjor='Ta bort `method`, eller skriv method="aalen_johansen".',
        severity="warning",
    ),
    "S203": Message(
        en="The incidence {name} has no washout, so every event counts as a new case.",
        do="Set one: `washout=years(5)`.",
        nb="Insidensen {name} har ingen utvasking, så hver hendelse teller som et nytt tilfelle.",
        gjor="Sett en: `washout=years(5)`.",
        severity="warning",
    ),
    "S204": Message(
        en="In {name} an unknown value falls into `otherwise`, as no condition was true for it.",
        do="Put a branch `when(x.is_null()).then(None)` first, or leave `otherwise` out.",
        nb="I {name} havner en ukjent verdi i `otherwise`, siden ingen betingelse var sann for den.",
        gjor="Sett en gren `when(x.is_null()).then(None)` først, eller ta bort `otherwise`.",
        severity="warning",
    ),
    "S205": Message(
        en="Rows of {name} after the index date count here: nobody could know them on the index date.",
        do="Bound them, e.g. `.where(..., {date} <= day0)`, unless the future is meant.",
        nb="Rader i {name} etter indeksdatoen teller her: ingen kunne vite om dem på indeksdatoen.",
        gjor="Avgrens dem, f.eks. `.where(..., {date} <= day0)`, om ikke fremtiden er ment.",
        severity="warning",
    ),
    "S206": Message(
        en="The look-back reaches {earliest}, and {name} begins on {since}: early persons have a shorter one.",
        do="Start the study later (about {full}), or shorten the look-back.",
        nb="Tilbakeblikket når {earliest}, og {name} begynner {since}: tidlige personer får et kortere.",
        gjor="Start studien senere (omtrent {full}), eller forkort tilbakeblikket.",
        severity="warning",
    ),
    "S207": Message(
        en="{name} may be unknown, and unknown sorts first.",
        do="Leave unknown ones out: `.where(~x.is_null())`, if they should not be picked.",
        nb="{name} kan være ukjent, og ukjent sorteres først.",
        gjor="Utelat ukjente: `.where(~x.is_null())`, om de ikke skal velges.",
        severity="warning",
    ),
    "S208": Message(
        en="The study starts on {start}, before {name} does ({since}).",
        do="Start later, or know that nothing is seen before.",
        nb="Studien starter {start}, før {name} gjør det ({since}).",
        gjor="Start senere, eller vit at ingenting ses før.",
        severity="warning",
    ),
    "S209": Message(
        en="The study ends on {end}, after {name} does ({until}).",
        do="End earlier; follow-up never runs beyond the last complete day.",
        nb="Studien slutter {end}, etter {name} ({until}).",
        gjor="Slutt tidligere; oppfølging går aldri forbi siste komplette dag.",
        severity="warning",
    ),
    "S210": Message(
        en="Levels of {name} share codes ({codes}): a row with one of them belongs to the first level.",
        do="Take the codes out of one list: `left - right`.",
        nb="Nivåer i {name} deler koder ({codes}): en rad med en av dem hører til det første nivået.",
        gjor="Ta kodene ut av den ene listen: `venstre - høyre`.",
        severity="warning",
    ),
    "S290": Message(
        en="The study has no tests of its own.",
        do="Make up a few persons: `study.expects(person(...), included=True)`.",
        nb="Studien har ingen egne tester.",
        gjor="Dikt opp noen personer: `study.expects(person(...), included=True)`.",
        severity="note",
    ),
}
