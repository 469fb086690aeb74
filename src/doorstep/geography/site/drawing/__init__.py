"""Neighbourhoods on the site: import, draw and edit them on a map, keep versions, say who recognises them, audit them."""
