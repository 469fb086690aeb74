"""The app's name, and its pages in the navigation."""

from typing import ClassVar

from doorstep.web.navigation import Item, SiteApp


class Config(SiteApp):
    """Figures of the programme."""

    name = "doorstep.programme.figures"
    label = "figures"
    navigation: ClassVar[tuple[Item, ...]] = (
        Item("Editions", "editions", "See what was published when, and what each edition changed"),
    )
