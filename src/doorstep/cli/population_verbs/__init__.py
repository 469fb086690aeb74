"""The verbs of `doorstep population`, one file each; heavy imports inside the commands."""
