"""Figures that may be shown: editions after secondary suppression, each beside all earlier ones. Pages read only these.

In: the returns that the Centre signed off, by `actions.publish`; on a Place's installation its own, by
`actions.load_own`. Out: `reading.figures` gives the lines of an edition as `numbers.Figures`; `changes` says what an
edition changed. `protecting` decides what is hidden. Plane: programme.
"""
