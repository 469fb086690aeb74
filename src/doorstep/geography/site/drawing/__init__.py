"""Neighbourhoods on the site: import, draw and edit them, keep versions, say who recognises them, audit them."""
