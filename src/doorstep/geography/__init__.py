"""Where: areas and what they are made of; need; drawing neighbourhoods; siting centres.

In: open facts about areas and buildings (`reference`), and files that a user brings. Out: ranked areas, neighbourhoods
with their audit, sites with a bound on how much better others could be. Plane: none; nothing here is about a person.
Rooms within: `need`, `shapes`; each says what it offers.
"""
