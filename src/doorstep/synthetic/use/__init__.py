"""What the made-up people use: hospital, emergency departments, clinics, general practice, community and social care.

In: people with their illness and deaths (`Lives`), hospitals and practices (`Setting`). Out: `Use`, facts by lake table
with real codes, drawn as they would be without any programme; `Use.thinned` leaves out what a programme prevents and
`with_programme` adds its own work. Levels are fitted to published figures (data/use.toml). Plane: none.
"""

from doorstep.synthetic.use.appointments import MODES, ROLES, SETTINGS, STATUSES, with_programme
from doorstep.synthetic.use.lives import Lives
from doorstep.synthetic.use.making import Use, make_use
from doorstep.synthetic.use.setting import COMMUNITY, Setting
from doorstep.synthetic.use.social import PACKAGES
from doorstep.synthetic.use.spells import thin

__all__ = [
    "COMMUNITY",
    "MODES",
    "PACKAGES",
    "ROLES",
    "SETTINGS",
    "STATUSES",
    "Lives",
    "Setting",
    "Use",
    "make_use",
    "thin",
    "with_programme",
]
