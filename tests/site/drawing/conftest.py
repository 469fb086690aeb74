"""The fixtures of the tests that draw in a browser."""

from drawing_browser import page, served, touched

__all__ = ["page", "served", "touched"]
