"""Pure methods of public health: first of all disclosure control (`doorstep.statistics.disclosure`).

In: numbers. Out: numbers. Plane: none; nothing here knows what a person is.
"""
