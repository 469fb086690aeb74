"""The app's name, and its pages in the navigation."""

from typing import ClassVar

from doorstep.web.navigation import Item, SiteApp


class Config(SiteApp):
    """Submissions of the programme."""

    default = True  # beside the class it is made from
    name = "doorstep.programme.submissions"
    label = "submissions"
    navigation: ClassVar[tuple[Item, ...]] = (
        Item("Collection", "collection-months", "See which returns are in, check them and sign them off"),
        Item("Returns", "returns", "See the returns of a Place: every version and what was decided"),
        Item("Send", "return-send", "Send a month's return and see at once what is wrong with it"),
        Item("Log", "log", "Read the issues and changes log, with breaks in series"),
    )
