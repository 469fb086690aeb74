"""A made-up Place on real geography, with known truth.

In: a Place, a number of months, a seed. Out: extracts in each shipped profile, deliveries by date, and `truth/`.
Plane: none; every person is made up and NHS numbers come from the 999 test range.
"""
