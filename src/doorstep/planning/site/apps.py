"""The app's name and its pages in the navigation."""

from typing import ClassVar

from doorstep.web.navigation import Item, SiteApp


class Config(SiteApp):
    """A Place's own pages."""

    name = "doorstep.planning.site"
    label = "own"
    default = True  # beside the class it extends, which Django finds in this module too
    navigation: ClassVar[tuple[Item, ...]] = (
        Item("Cohort", "own-cohort", "See how many people the Place's cohort has, and how it is defined."),
        Item("Completeness", "own-completeness", "See what each provider has sent, month by month."),
        Item("Returns", "own-returns", "See which returns were built and sent, and what changed between versions."),
    )
