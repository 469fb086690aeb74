"""The accounts app."""

from typing import ClassVar

from doorstep.web.navigation import Item, SiteApp


class Accounts(SiteApp):
    """Accounts, under the label `accounts`."""

    name = "doorstep.web.accounts"
    label = "accounts"
    navigation: ClassVar[tuple[Item, ...]] = (
        Item("People", "people", "Invite people, give and end their roles, unlock an account"),
    )
