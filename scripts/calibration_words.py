"""What the calibration report says besides numbers."""

from __future__ import annotations

INTRODUCTION = """# Made-up people, beside the published

Doorstep makes people up: for its tests, for demonstrations, for analysts who learn the tool and for researchers who
check a method. This page compares them with every published figure at hand. `make calibrate` writes it: it makes
{people:,} people of England, and all of Sefton and of Cheshire and Merseyside, measures the files that were written,
and judges each figure.

**{holding} of {judged} comparisons hold.**

{families}

A published figure holds where what was made lies within the larger of a tenth of it and three standard errors; among
hundreds of figures, one may miss three standard errors by chance alone. Where nothing is published, bounds are ours,
and the reason stands beside them. Published figures disagree, between years, countries and definitions: of those that
do, the newest for England that was checked, at its source or in one that quotes it, is the target, and the others are
context, shown with the reason and not judged. Figures that nobody checked at a source are never compared.

`doorstep synthetic check FOLDER` makes the same comparisons of a system that you made.

| mark | meaning |
|---|---|
| ● holds | within the room given |
| ○ does not hold | outside it: do not rely on made-up people for this |
| – context | shown, not judged |
"""

NOT_TO_CONCLUDE = """## What must not be concluded from made-up people

- **Nothing about a real Place.** The areas, practices and lists are real; the people, their illnesses and their care
  are not. A made-up Sefton says nothing of Sefton beyond the published tables it was drawn from.
- **Nothing about whether an intervention works.** An effect is there because a planted world says so.
- **Nothing about causes.** That deprived people fall ill earlier is put in, as published; why is not in here.
- **Nothing about how good a risk model is in practice.** It finds again what was put in.
- **Nothing about rare events, single codes, medicines by name or results of tests.** Drug codes are made-up numbers; no
  measurement has a value; rare conditions are drawn with broad strokes.
- **Nothing about how services respond to each other** (waiting lists, full wards, visits that replace admissions).
- **Nothing about the years.** Published figures of 2004 to 2025 stand side by side; there is no pandemic and no trend.
- **Nothing about ethnicity and illness.** Ethnic group follows area and age; illness does not differ by it.
- **Nothing about disclosure risk in real data.** Small numbers here belong to nobody.

## What is ours rather than published

Shapes of illness by age below 40 and above 86, the spread of a person's own use, the course of use before death, how
practices code, lengths of stay, outpatient and community rates, social care, households below the area and how long
people live in care homes. The data files under `src/doorstep/synthetic/data/` say for each number where it comes from,
and which were fitted. That a figure which was fitted to comes back shows that the fit works, not that the model is true
elsewhere: the figures marked as context, and the joint figures, say more about that.
"""

MECHANISM_WORDS = {
    "raking": "ages and ethnic groups fitted to each area",
    "deprivation_gradient": "earlier illness in deprived areas",
    "correlation": "conditions of a person that go together",
    "frailty_use": "use that rises with frailty",
    "recent_use": "use that follows use",
    "heavy_tail": "a few people who use far more",
    "season": "seasons",
    "weekday": "days of the week",
    "practice_variation": "practices that differ",
    "provider_variation": "hospitals that differ",
    "frailty_mortality": "frail people who die sooner",
    "death_near_use": "heavy use before death",
}
