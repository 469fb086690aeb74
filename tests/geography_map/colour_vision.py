"""How far apart colours look, to people with any colour vision: OKLab distance after Machado's simulation.

Sources: Ottosson, A perceptual color space for image processing (2020); Machado, Oliveira and Fernandes, A
physiologically-based model for simulation of color vision deficiency (2009), table of severity 1.0; WCAG 2.2, contrast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEEN_BY = {
    "everybody": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def linear(colour: str) -> Array:
    """Return red, green and blue light, 0 to 1, of a colour such as #005eb8."""
    values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def oklab(colour: str, seen_by: str = "everybody") -> Array:
    """Return lightness, and the two colour axes, as somebody sees the colour."""
    light = np.clip(SEEN_BY[seen_by] @ linear(colour), 0, 1)
    found: Array = _TO_LAB @ np.cbrt(_TO_CONES @ light)
    return found


def difference(one: str, other: str, seen_by: str = "everybody") -> float:
    """Return the OKLab distance; 0.02 is about what can just be noticed side by side."""
    return float(np.linalg.norm(oklab(one, seen_by) - oklab(other, seen_by)))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    lights = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)
