"""Building exhibits once: an edition never changes, so what was built from it is kept."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from django.conf import settings

from doorstep import __version__
from doorstep.errors import DoorstepError
from doorstep.programme.scorecard.asking import Address, UnknownError
from doorstep.programme.scorecard.exhibits import Exhibit

MOST = 2000  # exhibits of some ten kilobytes each
_kept: OrderedDict[tuple[object, ...], Exhibit] = OrderedDict()
_lock = Lock()


def exhibit(address: Address) -> Exhibit:
    """Return the exhibit of a whole address; UnknownError, in the builder's words, where there is nothing to show.

    Kept in the process under (edition, kind, what is asked, version of this program), unless
    `settings.EXHIBIT_CACHE` is False.
    """
    if not getattr(settings, "EXHIBIT_CACHE", True):
        return _built(address)
    key = (address.kind.id, address.asked, __version__)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = _built(address)
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made


def forget() -> None:
    """Forget every exhibit, for another database in the same process."""
    with _lock:
        _kept.clear()


def _built(address: Address) -> Exhibit:
    try:
        return address.kind.build(address.asked)
    except UnknownError:
        raise
    except DoorstepError as error:
        raise UnknownError(error.seen[:1].upper() + error.seen[1:], expected=error.expected, do=error.do) from error
