"""The app's name."""

from django.apps import AppConfig


class Config(AppConfig):
    """Figures of the programme."""

    name = "doorstep.programme.figures"
    label = "figures"
