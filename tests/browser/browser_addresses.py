"""Every named address of both sites: the pages to look at, the files to take, and what only a form may ask for."""

from __future__ import annotations

from browser_world import LAST, OTHER, PLACE, Site

# {submission}, {second}, {person} … are filled from the site's database.
PAGES: dict[str, tuple[str, ...]] = {
    "log-in": ("/log-in", "/log-in?ended=1"),
    "enrol": ("/enrol/{invitation}",),
    "account": ("/account",),
    "account-password": ("/account/password",),
    "account-authenticator": ("/account/authenticator",),
    "home": ("/",),
    "scorecard": ("/scorecard/",),
    "exhibit": tuple(
        f"/scorecard/{words}/"
        for words in (
            f"overview-place/{PLACE}", f"spc/{PLACE}/O2b", f"spc/{PLACE}/O4.1", f"inequality-place/{PLACE}/O2b",
            f"demographics-place/{PLACE}", f"engagement-place/{PLACE}", f"by-group-place/{PLACE}/O2b",
        )
    ),
    "definitions": ("/definitions/",),
    "definition": ("/definitions/O2b/",),
    "packs": ("/packs/",),
    "api-guide": ("/api/",),
    "tokens": ("/account/tokens",),
    "people": ("/people",),
    "person": ("/people/{person}",),
    "people-invite": ("/people/invite",),
    "register": ("/places/",),
    "register-place": (f"/places/{PLACE}/", "/places/programme/"),
    "register-fact-add": (f"/places/{PLACE}/add",),
    "register-fact-correct": ("/places/fact/{fact}/correct",),
    "register-fact-end": ("/places/fact/{fact}/end",),
    "collection-months": ("/collection/",),
    "collection": (f"/collection/{LAST}/", "/collection/2027-02/?state=published"),
    "collection-quality": (f"/collection/{LAST}/quality",),
    "returns": ("/returns/",),
    "return-send": ("/returns/send",),
    "returns-of-place": ("/returns/of/sefton/",),
    "return-quality": (f"/returns/of/sefton/{LAST}/quality",),
    "submission": ("/returns/{submission}/",),
    "submission-numbers": ("/returns/{submission}/numbers",),
    "submission-compare": ("/returns/{second}/compare",),
    "submission-send-back": ("/returns/{submission}/send-back",),
    "submission-withdraw": ("/returns/{submission}/withdraw",),
    "log": ("/log/",),
    "log-add": ("/log/add",),
    "log-close": ("/log/{entry}/close",),
    "editions": ("/editions/",),
    "edition": ("/editions/3/",),
    "edition-publish": ("/editions/publish",),
    "own-cohort": ("/own/cohort/",),
    "own-completeness": ("/own/completeness/",),
    "own-returns": ("/own/returns/",),
    "own-returns-compare": (f"/own/returns/{LAST}/1-to-2/",),
}  # fmt: skip
OF_ALL_PLACES: tuple[str, ...] = (
    "/scorecard/overview/",
    "/scorecard/spc-national/O2b/",
    f"/scorecard/funnel/O2b/{LAST}/",
    "/scorecard/inequality/O2b/",
    "/scorecard/demographics/",
    "/scorecard/engagement/",
    "/scorecard/by-group/O2b/",
    f"/scorecard/overview-place/{OTHER}/",
)
FILES: dict[str, str] = {
    "health": "/health",
    "ready": "/ready",
    "exhibit-csv": f"/scorecard/spc/{PLACE}/O2b/table-1.csv",
    "exhibit-csv-metadata": f"/scorecard/spc/{PLACE}/O2b/table-1.csv-metadata.json",
    "api-index": "/api/v1/",
    "api-openapi": "/api/v1/openapi.json",
    "api-exhibit": f"/api/v1/spc/{PLACE}/O2b/",
    "register-file": "/places.csv",
    "collection-quality-file": f"/collection/{LAST}/quality.csv",
    "return-quality-file": f"/returns/of/sefton/{LAST}/quality.csv",
    "submission-file": "/returns/{submission}/file",
    "own-csv": "/own/cohort/by_group.csv",
}
# Met on the way of a journey: steps of logging in, forms without a page, and what leads on at once.
ELSEWHERE = {
    "log-in-code", "log-in-recovery", "oidc-start", "oidc-back", "enrol-code", "log-out", "stay", "exhibit-choose",
    "pack", "pack-html", "pack-pdf", "pack-make", "token-revoke", "person-link", "role-give", "role-end",
    "person-identity", "person-change", "collection-review", "collection-check", "collection-sign-off",
    "submission-check", "submission-check-again", "submission-sign-off",
}  # fmt: skip


def things_of(site: Site) -> dict[str, str]:
    """Return an example of each thing that an address may name: of returns, those that the demo's sender may open."""
    found = {"invitation": "no-such-link", "person": _first(site, "select id from accounts_user order by email")}
    if site.role == "national":
        asked = f"select id from submissions_submission where place_id = 'sefton' and month = '{LAST}-01' and version ="
        found |= {
            "submission": _first(site, f"{asked} 1"),
            "second": _first(site, f"{asked} 2"),
            "fact": _first(site, f"select id from places_placefact where place_id = '{PLACE}' order by id"),
            "entry": _first(site, "select id from submissions_logentry where closes_id is null order by id"),
        }
    return found


def _first(site: Site, asked: str) -> str:
    return str(site.ask(f"{asked} limit 1")[0][0])
