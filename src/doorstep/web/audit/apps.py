"""The audit app."""

from django.apps import AppConfig


class Audit(AppConfig):
    """The audit trail, under the label `audit`."""

    name = "doorstep.web.audit"
    label = "audit"
