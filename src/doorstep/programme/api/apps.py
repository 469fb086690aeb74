"""The app's name and its page in the navigation."""

from typing import ClassVar

from doorstep.web.navigation import Item, SiteApp


class Config(SiteApp):
    """The interface for programs."""

    name = "doorstep.programme.api"
    label = "api"
    default = True  # beside the class it extends, which Django finds in this module too
    navigation: ClassVar[tuple[Item, ...]] = (
        Item("For programs", "api-guide", "Read the scorecard's figures from a program, with a token"),
    )
