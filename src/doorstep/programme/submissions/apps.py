"""The app's name."""

from django.apps import AppConfig


class Config(AppConfig):
    """Submissions of the programme."""

    name = "doorstep.programme.submissions"
    label = "submissions"
