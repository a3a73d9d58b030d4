"""Messages S037 and S050 to S089: the parts of a study, and how they fit together."""

from __future__ import annotations

from helseanalyse.study.message import Message

PROTOCOL: dict[str, Message] = {
    "S037": Message(
        en="{name} is a name that every study has already: sex, attained age and calendar year.",
        do='Choose another, such as "age at index".',
        nb="{name} er et navn som alle studier har fra før: kjønn, oppnådd alder og kalenderår.",
        gjor='Velg et annet, for eksempel "alder ved indeks".',
    ),
    "S050": Message(
        en="{name} is named as competing, but it is not among the reasons to stop follow-up.",
        do="Put it into `until` too. The reasons are {nearest}.",
        nb="{name} er oppgitt som konkurrerende, men er ikke blant grunnene til å avslutte oppfølgingen.",
        gjor="Ta det med i `until` også. Grunnene er {nearest}.",
    ),
    "S051": Message(
        en="The follow-up has no start: the study has no index date, and none was given.",
        do="Set one with `study.index(date)`, or write `study.follow(..., start=date)`.",
        nb="Oppfølgingen har ingen start: studien har ingen indeksdato, og ingen er oppgitt.",
        gjor="Sett en med `study.index(dato)`, eller skriv `study.follow(..., start=dato)`.",
    ),
    "S052": Message(
        en="This catalogue does not say who lives in the country when, so a prevalence has no denominator of its own.",
        do="Give the denominator: `study.prevalence(..., among=...)`.",
        nb="Denne katalogen sier ikke hvem som bor i landet når, så en prevalens har ingen egen nevner.",
        gjor="Oppgi nevneren: `study.prevalence(..., among=...)`.",
    ),
}
