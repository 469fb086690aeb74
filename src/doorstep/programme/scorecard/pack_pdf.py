"""The pack as PDF: tagged for readers of screens (PDF/UA), with bookmarks and page numbers."""

from __future__ import annotations

from typing import Any

from doorstep.errors import ConfigurationError

VARIANT = "pdf/ua-1"


def pdf(page: str) -> bytes:
    """Return a pack's HTML as PDF. Nothing is fetched: a page that asks for anything else is refused.

    Raises ConfigurationError where the libraries that draw text (Pango) are missing.
    """
    html, fetcher = _library()
    made: bytes = html(string=page, url_fetcher=fetcher).write_pdf(pdf_variant=VARIANT)
    return made


def _library() -> tuple[Any, Any]:
    try:
        from weasyprint import HTML
        from weasyprint.urls import FatalURLFetchingError, URLFetcher
    except OSError as error:
        raise ConfigurationError(
            f"the libraries that a PDF is drawn with are missing: {error}",
            do="install Pango (on Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0)",
        ) from error

    class Refuse(URLFetcher):  # type: ignore[misc]  # the library has no types
        """Fetches nothing."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """Refuse: a pack stands alone."""
            raise FatalURLFetchingError(f"a pack stands alone, and asks for {url}")

    return HTML, Refuse()
