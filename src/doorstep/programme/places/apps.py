"""The app's name."""

from django.apps import AppConfig


class Config(AppConfig):
    """Places of the programme."""

    name = "doorstep.programme.places"
    label = "places"
