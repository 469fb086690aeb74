"""Django's settings, all from the environment; see `doorstep.web.environment`."""

from __future__ import annotations

import os
from pathlib import Path

from doorstep.web import environment
from doorstep.web.apps_of import MIDDLEWARE as MIDDLEWARE_OF_APPS
from doorstep.web.apps_of import apps_of
from doorstep.web.layout import ASSETS

SITE = environment.read(os.environ)
DOORSTEP_ROLE = SITE.role
ROOT = Path(__file__).resolve().parent

OIDC = SITE.oidc
IS_DEMO = SITE.is_demo
IS_PRODUCTION = SITE.is_production
PROXIES = SITE.proxies

DEBUG = False
SECRET_KEY = SITE.secret_key
ALLOWED_HOSTS = list(SITE.hosts)
ROOT_URLCONF = "doorstep.web.urls"
WSGI_APPLICATION = "doorstep.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": environment.database_settings(SITE.database)} if SITE.database else {}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "doorstep.web.accounts",
    "doorstep.web.audit",
    *apps_of(SITE.role),
]

MIDDLEWARE = [
    "doorstep.web.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "doorstep.web.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "doorstep.web.middleware.Length",
    "doorstep.web.middleware.Texts",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "doorstep.web.middleware.second_factor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "doorstep.web.middleware.forms_only",
    "doorstep.web.middleware.session_ends",
    *MIDDLEWARE_OF_APPS,
    "doorstep.web.middleware.Authorisation",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOT / "layout" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "doorstep.web.layout.jinja.environment",
            "context_processors": ["django.contrib.messages.context_processors.messages"],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "doorstep.web.accounts.backends.Password",
    "doorstep.web.accounts.backends.OpenIdConnect",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {}),
    )
]
LOGIN_URL = "log-in"
LOGIN_REDIRECT_URL = "home"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = SITE.hours * 3600
SESSION_COOKIE_NAME = f"doorstep_{SITE.role}"
CSRF_COOKIE_NAME = f"doorstep_{SITE.role}_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
IDLE_SECONDS = SITE.idle_minutes * 60
HARD_SECONDS = SITE.hours * 3600

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SITE.is_production
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SITE.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SITE.is_production
# Believed only where a proxy of ours writes it: otherwise whoever asks could.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SITE.proxies else None
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "doorstep.web.health.forged"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = ASSETS  # nothing is collected
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "doorstep.web.logs.JsonLine"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["out"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": [], "propagate": False},
        "django.request": {"level": "ERROR"},  # refusals stand in our own line of each request
    },
}
