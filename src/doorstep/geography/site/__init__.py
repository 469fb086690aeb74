"""Pages about where: need, neighbourhoods, centres, and the audit of the founding report, on both installations.

In: `geography`'s doors, and the neighbourhood sets that people save here. Out: pages with a map and a table that says
the same, and files. Plane: programme; areas, buildings and organisations, nothing about a person.
Rooms within: `need`, `drawing`, `centres`, `report`; a map's shapes come from `geography.map_layer`.
"""
