"""The site's settings with the apps of both roles, so that the type checker knows every model. Never run."""

from __future__ import annotations

from doorstep.web.apps_of import APPS
from doorstep.web.settings import *  # noqa: F403

DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "types"}}
INSTALLED_APPS = list(dict.fromkeys([*INSTALLED_APPS, *APPS["national"], *APPS["place"]]))  # noqa: F405
