"""The application that a server runs."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.web.settings")
application = get_wsgi_application()

# Modules, views and forms stay as long as the process. Unless they are loaded here and told apart, the collector looks
# through all of them every few pages, which takes longer than most pages do.
get_resolver().url_patterns  # noqa: B018  (loads every page's view)
gc.collect()
gc.freeze()
