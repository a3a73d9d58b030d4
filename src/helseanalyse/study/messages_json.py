"""Messages S100 to S119: a specification in JSON that was written or edited by hand, or by another program."""

from __future__ import annotations

from helseanalyse.study.message import Message

JSON: dict[str, Message] = {
    "S100": Message(
        en="The specification is {size}, and at most {most} is read.",
        do="Is this the right file? Long code lists are shorter as ranges or as codes with their children.",
        nb="Spesifikasjonen er på {size}, og det leses høyst {most}.",
        gjor="Er dette riktig fil? Lange kodelister blir kortere som områder eller som koder med underkoder.",
    ),
    "S101": Message(
        en="The specification is not UTF-8: byte {at} does not fit.",
        do="Save it as UTF-8.",
        nb="Spesifikasjonen er ikke UTF-8: byte {at} passer ikke.",
        gjor="Lagre den som UTF-8.",
    ),
    "S102": Message(
        en="The specification is nested more than {most} levels deep.",
        do="Nodes stand side by side under `nodes` and refer to one another by name.",
        nb="Spesifikasjonen er nøstet mer enn {most} nivåer dypt.",
        gjor="Noder står side om side under `nodes` og viser til hverandre ved navn.",
    ),
    "S103": Message(
        en="The key {name} stands twice in one object.",
        do="Keep one of them.",
        nb="Nøkkelen {name} står to ganger i ett objekt.",
        gjor="Behold én av dem.",
    ),
    "S104": Message(
        en="{number} is written as a number that cannot be kept exactly.",
        do='Write decimal numbers as texts, such as "1.5"; NaN and infinity have no place in a study.',
        nb="{number} er skrevet som et tall som ikke kan bevares nøyaktig.",
        gjor='Skriv desimaltall som tekst, for eksempel "1.5"; NaN og uendelig har ingen plass i en studie.',
    ),
    "S105": Message(
        en="This is not JSON: line {line}, column {column}: {why}.",
        do="Correct it there, or write the file anew with `helseanalyse check STUDY --json`.",
        nb="Dette er ikke JSON: linje {line}, kolonne {column}: {why}.",
        gjor="Rett det der, eller skriv filen på nytt med `helseanalyse check STUDIE --json`.",
    ),
    "S106": Message(
        en="`{name}` is missing.",
        do="Write it: it has no default.",
        nb="`{name}` mangler.",
        gjor="Skriv det: det har ingen standardverdi.",
    ),
    "S107": Message(
        en="`spec_version` is {got}, and this platform reads version {version}.",
        do="Write the study anew with this version of helseanalyse, or use the version that wrote it.",
        nb="`spec_version` er {got}, og denne plattformen leser versjon {version}.",
        gjor="Skriv studien på nytt med denne versjonen av helseanalyse, eller bruk versjonen som skrev den.",
    ),
    "S108": Message(
        en="The study has {number} nodes, and at most {most} are read.",
        do="Divide it into several studies.",
        nb="Studien har {number} noder, og det leses høyst {most}.",
        gjor="Del den i flere studier.",
    ),
    "S109": Message(
        en="{what} must be {wanted}, and it is {got}.",
        do="Correct it; docs/schema/study-1.json says what each field holds.",
        nb="{what} må være {wanted}, og er {got}.",
        gjor="Rett det; docs/schema/study-1.json sier hva hvert felt har.",
    ),
    "S110": Message(
        en="There is no operation {name}.",
        do="Nearest: {nearest}.",
        nb="Det finnes ingen operasjon {name}.",
        gjor="Nærmest: {nearest}.",
    ),
    "S111": Message(
        en="These nodes are made of one another in a circle: {circle}.",
        do="Let one of them be made of something else.",
        nb="Disse nodene er laget av hverandre i ring: {circle}.",
        gjor="La én av dem være laget av noe annet.",
    ),
    "S112": Message(
        en="The node {name} is more than {most} operations deep.",
        do="Divide the expression: name its parts as variables, or use a code list or `is_in` for a long chain.",
        nb="Noden {name} er mer enn {most} operasjoner dyp.",
        gjor="Del uttrykket: gi delene navn som variabler, eller bruk en kodeliste eller `is_in` for en lang kjede.",
    ),
    "S113": Message(
        en="{name} is not a field here.",
        do="Nearest: {nearest}.",
        nb="{name} er ikke et felt her.",
        gjor="Nærmest: {nearest}.",
    ),
    "S114": Message(
        en="The text holds characters that cannot be shown.",
        do="Take out control characters and half surrogate pairs.",
        nb="Teksten har tegn som ikke kan vises.",
        gjor="Ta bort styretegn og halve surrogatpar.",
    ),
    "S115": Message(
        en="Nothing uses the node {name}.",
        do="Take it out, or refer to it where it belongs.",
        nb="Ingenting bruker noden {name}.",
        gjor="Ta den bort, eller vis til den der den hører hjemme.",
    ),
    "S116": Message(
        en="`{left}` and `{right}` have different lengths.",
        do="Each of the one belongs to one of the other.",
        nb="`{left}` og `{right}` har ulik lengde.",
        gjor="Hver i den ene hører til én i den andre.",
    ),
    "S117": Message(
        en="There is no node {name}.",
        do="Write it under `nodes`, or refer to one that is there.",
        nb="Det finnes ingen node {name}.",
        gjor="Skriv den under `nodes`, eller vis til en som er der.",
    ),
    "S118": Message(
        en="The node {name} is `{op}`, and {wanted} is needed here.",
        do="Refer to another node.",
        nb="Noden {name} er `{op}`, og her trengs noe annet ({wanted}).",
        gjor="Vis til en annen node.",
    ),
}
