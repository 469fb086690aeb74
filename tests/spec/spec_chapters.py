"""The chapters of the specification, in the order of the manual."""

from __future__ import annotations

import chapter_activity
import chapter_bed_days
import chapter_counts
import chapter_deficits
import chapter_diagnosis_scores
import chapter_flags
import chapter_group
import chapter_history
import chapter_people
import chapter_registers
import chapter_rules
import chapter_segments
import chapter_statuses
import chapter_values
from spec_kit import Chapter

CHAPTERS: tuple[Chapter, ...] = tuple(
    module.CHAPTER
    for module in (
        chapter_people,
        chapter_registers,
        chapter_statuses,
        chapter_values,
        chapter_deficits,
        chapter_activity,
        chapter_bed_days,
        chapter_diagnosis_scores,
        chapter_counts,
        chapter_rules,
        chapter_flags,
        chapter_segments,
        chapter_group,
        chapter_history,
    )
)
