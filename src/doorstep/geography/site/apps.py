"""The app's name and its page in the navigation."""

from typing import ClassVar

from doorstep.web.navigation import Item, SiteApp


class Config(SiteApp):
    """Pages about where."""

    name = "doorstep.geography.site"
    label = "where"
    default = True  # beside the class it extends, which Django finds in this module too
    navigation: ClassVar[tuple[Item, ...]] = (
        Item("Where", "where", "See need in every small area, draw neighbourhoods, and plan centres."),
    )
