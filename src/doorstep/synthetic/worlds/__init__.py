"""Planted worlds: made-up people among whom something is true that an evaluation should find, or not be fooled by.

In: the name of a shipped world (data/worlds/*.toml) or a file like them (`World.named`, `World.read`). Out: `Playing`,
which changes a part's lists, lives, care and records as the world says, and keeps what became of each person.
Plane: none.
"""

from doorstep.synthetic.worlds.model import World, names

__all__ = ["World", "names"]
