"""The fixtures of every test of the site."""

from site_kit import *  # noqa: F403
