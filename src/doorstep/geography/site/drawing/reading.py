"""What the pages ask: which sets there are, a set's versions, what one of them holds, and its audit."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Max, OuterRef, QuerySet, Subquery

from doorstep.geography.neighbourhoods import NeighbourhoodSet, audit
from doorstep.geography.neighbourhoods.auditing import Audit
from doorstep.geography.site.drawing.canonical import set_of
from doorstep.geography.site.models import SetVersion


def newest_of_all(words: str = "") -> QuerySet[SetVersion]:
    """Return the newest version of every set whose title or ground has these words, by title."""
    last = SetVersion.objects.filter(area_set=OuterRef("area_set")).order_by("-number").values("number")[:1]
    found = SetVersion.objects.filter(number=Subquery(last)).select_related("by").defer("content")
    if words:
        found = found.filter(title__icontains=words) | found.filter(scope__icontains=words)
    return found.order_by("title", "area_set")


def newest(slug: str) -> SetVersion:
    """Return the newest version of a set. Raises SetVersion.DoesNotExist where there is no such set."""
    return SetVersion.objects.select_related("area_set", "by").filter(area_set=slug).order_by("-number")[:1].get()


def version(slug: str, number: int) -> SetVersion:
    """Return one version of a set. Raises SetVersion.DoesNotExist where there is none."""
    return SetVersion.objects.select_related("area_set", "by").get(area_set=slug, number=number)


def newest_number(slug: str) -> int:
    """Return the number of a set's newest version; 0 where there is no such set."""
    return SetVersion.objects.filter(area_set=slug).aggregate(last=Max("number"))["last"] or 0


def versions(slug: str) -> QuerySet[SetVersion]:
    """Return what is known of all versions of a set, the newest first, without what they hold."""
    return SetVersion.objects.select_related("by").defer("content").filter(area_set=slug)


def history(slug: str, to: int) -> list[NeighbourhoodSet]:
    """Return a set's versions up to one of them, the oldest first."""
    found = SetVersion.objects.filter(area_set=slug, number__lte=to).order_by("number")
    return [content(one) for one in found]


def content(one: SetVersion) -> NeighbourhoodSet:
    """Return the set that a version holds. Raises NotWhatItClaimsError where it is not what was saved."""
    return set_of(one.content, one.sha256)


def audited(one: SetVersion) -> Audit:
    """Return the audit of a version, kept for the next page that asks: it takes a second."""
    return _audited(one.content, one.sha256)


@lru_cache(maxsize=32)
def _audited(text: str, sha256: str) -> Audit:
    return audit(set_of(text, sha256))
