"""Visiting every address of a room that the list files have, and looking at each page."""

from __future__ import annotations

from collections.abc import Callable

from browser_visits import lines, role_for, things_of
from browser_world import Site
from browsing import Browser
from looking import faults_of_page


def faults_of_room(site: Site, room: str, open_for: Callable[[Site, str], Browser]) -> list[str]:
    """Return what is wrong with a room's pages and files, each visited by somebody who may."""
    browsers: dict[str, Browser] = {}
    things, faults = things_of(site), []
    for line in [
        one for one in lines() if (one.site, one.room) == (site.role, room) and one.kind in ("pages", "files")
    ]:
        role = role_for(site.role, line.name)
        if role not in browsers:
            browsers[role] = open_for(site, role)
        look = _page if line.kind == "pages" else _file
        for path in line.found:
            faults += look(browsers[role], line.name, path.format(**things))
    return faults


def _page(browser: Browser, name: str, path: str) -> list[str]:
    answer = browser.open(path)
    if answer.status >= 400 and name != "enrol":  # whose page says that a link has ended
        return [f"{path} answers {answer.status}"]
    came_to = browser.site.views().get(answer.headers["x-request-id"])
    return [f"{path} is of {came_to}, not {name}"] if came_to != name else faults_of_page(browser)


def _file(browser: Browser, name: str, path: str) -> list[str]:
    answer = browser.context.request.get(browser.site.address + path)
    came_to = browser.site.views().get(answer.headers["x-request-id"])
    if answer.ok and came_to == name and answer.body():
        return []
    return [f"{path} of {came_to} answers {answer.status}"]
