"""Standard populations."""

from __future__ import annotations

import numpy as np

from doorstep.statistics.results import Floats

ESP_2013: dict[str, int] = {
    "0-4": 5000,
    "5-9": 5500,
    "10-14": 5500,
    "15-19": 5500,
    "20-24": 6000,
    "25-29": 6000,
    "30-34": 6500,
    "35-39": 7000,
    "40-44": 7000,
    "45-49": 7000,
    "50-54": 7000,
    "55-59": 6500,
    "60-64": 6000,
    "65-69": 5500,
    "70-74": 5000,
    "75-79": 4000,
    "80-84": 2500,
    "85-89": 1500,
    "90+": 1000,
}
"""European Standard Population 2013 by the 19 age bands of English indicators, 100,000 people in all.

Source: Eurostat, Revision of the European Standard Population, 2013 edition; ages 0 and 1-4 are joined in 0-4, and
90-94 and 95+ in 90+, as PHE, OHID and the ONS do.
"""


def european_standard_population() -> Floats:
    """Return the 19 weights of `ESP_2013` from the youngest band to the oldest."""
    return np.array(list(ESP_2013.values()), dtype=np.float64)
