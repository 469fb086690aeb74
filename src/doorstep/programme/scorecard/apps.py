"""The app's name."""

from django.apps import AppConfig


class Config(AppConfig):
    """Scorecard of the programme."""

    name = "doorstep.programme.scorecard"
    label = "scorecard"
