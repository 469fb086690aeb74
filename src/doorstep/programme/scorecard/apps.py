"""The app's name and its pages in the navigation."""

from typing import ClassVar

from doorstep.web.navigation import Item, SiteApp


class Config(SiteApp):
    """Scorecard of the programme."""

    name = "doorstep.programme.scorecard"
    label = "scorecard"
    default = True  # beside the class it extends, which Django finds in this module too
    navigation: ClassVar[tuple[Item, ...]] = (
        Item("Scorecard", "scorecard", "See each measure over time and between Places, and where it comes from"),
        Item("Monthly packs", "packs", "Read or download a month's figures as one document, with every definition"),
    )

    def ready(self) -> None:
        """Have packs asked for wherever an edition is published."""
        from doorstep.programme.figures.actions import published
        from doorstep.programme.scorecard.making import ask_for_all

        published.connect(ask_for_all, dispatch_uid="packs")
