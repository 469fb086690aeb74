"""The audit app."""

from typing import ClassVar

from doorstep.web.navigation import Item, SiteApp


class Audit(SiteApp):
    """The audit trail, under the label `audit`."""

    name = "doorstep.web.audit"
    label = "audit"
    navigation: ClassVar[tuple[Item, ...]] = (
        Item("Audit trail", "audit", "See who looked at or changed what, and whether the trail is whole"),
    )
