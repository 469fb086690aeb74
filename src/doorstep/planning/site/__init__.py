"""A Place's own pages: its cohort, how complete its data are, its returns and their versions.

In: what `doorstep site figures` counted from the home's lake and ledger; a page never reads the lake itself. Out:
disclosure-controlled counts, and returns as they were printed. Plane: planning; nothing about one person leaves.
"""
