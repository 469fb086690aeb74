"""The command line `doorstep`: one file per verb group, heavy imports inside the command.

In: what a person types. Out: a few lines and an exit code (0 clean, 1 notes, 2 usage, 3 configuration, 4 faults
in the data, 5 not what it claims to be). Plane: none of its own; it calls the rooms.
"""

from doorstep.cli.app import main

__all__ = ["main"]
