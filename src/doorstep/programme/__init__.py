"""What the programme does with the Places' returns: registers Places, takes returns in, shows figures that are safe.

In: returns (restricted aggregates) from Places. Out: figures after suppression, charts, packs, an interface for
programs. Plane: programme; no record about a person ever stands here. Each folder is a Django app.
"""
