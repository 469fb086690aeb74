"""The pack as PDF: tagged for readers of screens (PDF/UA), with bookmarks and page numbers."""

from __future__ import annotations

from typing import Any

from doorstep.errors import ConfigurationError, NotWhatItClaimsError

VARIANT = "pdf/ua-1"


def pdf(page: str) -> bytes:
    """Return a pack's HTML as PDF. Nothing is fetched: a page that asks for anything else is refused.

    Raises NotWhatItClaimsError then, and ConfigurationError where the libraries that draw text (Pango) are missing.
    """
    html, fetcher, refusal = _library()
    try:
        made: bytes = html(string=page, url_fetcher=fetcher).write_pdf(pdf_variant=VARIANT)
    except refusal as error:
        raise NotWhatItClaimsError(str(error), expected="a page that stands alone") from error
    return made


def _library() -> tuple[Any, Any, type[BaseException]]:
    """Return the library's page, a fetcher that fetches nothing, and what that raises."""
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
            """Refuse."""
            raise FatalURLFetchingError(f"the pack's page asks for {url}")

    return HTML, Refuse(), FatalURLFetchingError
