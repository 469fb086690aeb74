"""The accounts app."""

from django.apps import AppConfig


class Accounts(AppConfig):
    """Accounts, under the label `accounts`."""

    name = "doorstep.web.accounts"
    label = "accounts"
