"""Neighbourhoods on the site: import, draw and edit them, keep versions, say who recognises them, audit them.

`changing` and `starting` know no database, `actions` writes, `reading` reads, `presenting` makes words and rows.
"""
