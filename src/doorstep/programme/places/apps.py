"""The app's name, and its pages in the navigation."""

from typing import ClassVar

from doorstep.web.navigation import Item, SiteApp


class Config(SiteApp):
    """Places of the programme."""

    default = True  # beside the class it is made from
    name = "doorstep.programme.places"
    label = "places"
    navigation: ClassVar[tuple[Item, ...]] = (
        Item("Places", "register", "Look up a Place, what is known of it, since when and from which source"),
    )
