"""What the scores are for, in one place, so that model files, reports and scores say the same."""

from __future__ import annotations

INTENDED_PURPOSE = (
    "Finds people registered with the Place's practices whose records resemble those of people who had an emergency "
    "admission within a year, so that a clinician who knows the person can review them. It does not diagnose, predict "
    "for one person with certainty, recommend a treatment, or decide who is seen: a score never makes anybody a member "
    "of a cohort or a caseload, and a low score rules nobody out. Risk is not need, and not the chance that help helps."
)
NOT_A_DEVICE = (
    "No claim is made as a medical device. Used to decide about, or to drive the care of, one person, such a model "
    "would be one, and would need a manufacturer, a clinical safety case and registration before it is used."
)
SYNTHETIC = "synthetic: no clinical meaning"
