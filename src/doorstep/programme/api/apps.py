"""The app's name."""

from django.apps import AppConfig


class Config(AppConfig):
    """The interface for programs."""

    name = "doorstep.programme.api"
    label = "api"
