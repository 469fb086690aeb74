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

    def ready(self) -> None:
        """End tokens where an account is closed or enrolled anew."""
        from doorstep.programme.api.actions import revoke_all
        from doorstep.web.accounts.actions import access_ended

        access_ended.connect(revoke_all, dispatch_uid="tokens")
