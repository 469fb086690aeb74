"""From the National Grid to longitude and latitude, within about five metres.

Inverse transverse Mercator on the Airy 1830 ellipsoid, then the seven-parameter shift to WGS 84: Ordnance Survey, "A
guide to coordinate systems in Great Britain", annexes B and C and table 4.
"""

from __future__ import annotations

import math

_A, _B = 6_377_563.396, 6_356_256.909  # Airy 1830, metres
_F0, _E0, _N0 = 0.9996012717, 400_000.0, -100_000.0
_LAT0, _LON0 = math.radians(49.0), math.radians(-2.0)
_A84, _B84 = 6_378_137.0, 6_356_752.314245
_SHIFT = (446.448, -125.157, 542.060)  # metres
_TURN = tuple(math.radians(seconds / 3600) for seconds in (0.1502, 0.2470, 0.8421))
_SCALE = -20.4894e-6


def lonlat(easting: float, northing: float) -> tuple[float, float]:
    """Return longitude and latitude in degrees (WGS 84) of a point on the National Grid in metres."""
    lat, lon = _airy(easting, northing)
    e2 = 1 - (_B / _A) ** 2
    nu = _A / math.sqrt(1 - e2 * math.sin(lat) ** 2)
    x, y, z = nu * math.cos(lat) * math.cos(lon), nu * math.cos(lat) * math.sin(lon), (1 - e2) * nu * math.sin(lat)
    (tx, ty, tz), (rx, ry, rz), s = _SHIFT, _TURN, 1 + _SCALE
    return _geodetic(tx + s * x - rz * y + ry * z, ty + rz * x + s * y - rx * z, tz - ry * x + rx * y + s * z)


def _meridian(lat: float) -> float:
    """Return the developed arc of the meridian from the true origin."""
    n = (_A - _B) / (_A + _B)
    minus, plus = lat - _LAT0, lat + _LAT0
    return (
        _B
        * _F0
        * (
            (1 + n + 1.25 * n**2 + 1.25 * n**3) * minus
            - (3 * n + 3 * n**2 + 2.625 * n**3) * math.sin(minus) * math.cos(plus)
            + (1.875 * n**2 + 1.875 * n**3) * math.sin(2 * minus) * math.cos(2 * plus)
            - 35 / 24 * n**3 * math.sin(3 * minus) * math.cos(3 * plus)
        )
    )


def _airy(easting: float, northing: float) -> tuple[float, float]:
    """Return latitude and longitude in radians on the Airy ellipsoid."""
    lat = _LAT0
    for _ in range(20):
        left = northing - _N0 - _meridian(lat)
        lat += left / (_A * _F0)
        if abs(left) < 1e-5:
            break
    e2, sin, tan, sec = 1 - (_B / _A) ** 2, math.sin(lat), math.tan(lat), 1 / math.cos(lat)
    nu = _A * _F0 / math.sqrt(1 - e2 * sin**2)
    rho = _A * _F0 * (1 - e2) * (1 - e2 * sin**2) ** -1.5
    eta2, d = nu / rho - 1, easting - _E0
    seven = tan / (2 * rho * nu)
    eight = tan / (24 * rho * nu**3) * (5 + 3 * tan**2 + eta2 - 9 * tan**2 * eta2)
    nine = tan / (720 * rho * nu**5) * (61 + 90 * tan**2 + 45 * tan**4)
    eleven = sec / (6 * nu**3) * (nu / rho + 2 * tan**2)
    twelve = sec / (120 * nu**5) * (5 + 28 * tan**2 + 24 * tan**4)
    return lat - seven * d**2 + eight * d**4 - nine * d**6, _LON0 + sec / nu * d - eleven * d**3 + twelve * d**5


def _geodetic(x: float, y: float, z: float) -> tuple[float, float]:
    """Return longitude and latitude in degrees on WGS 84 of Cartesian metres."""
    e2, p = 1 - (_B84 / _A84) ** 2, math.hypot(x, y)
    lat = math.atan2(z, p * (1 - e2))
    for _ in range(5):
        nu = _A84 / math.sqrt(1 - e2 * math.sin(lat) ** 2)
        lat = math.atan2(z + e2 * nu * math.sin(lat), p)
    return math.degrees(math.atan2(y, x)), math.degrees(lat)
