"""Bed days and readmissions."""

from datetime import date

from spec_kit import Chapter, Section

BED_DAYS = """
[[activities]]
id = "bed_days"
table = "spell"
counts = "bed_days"
windows = ["1m", "1-2m", "12m"]
"""

READMISSIONS = """
[[activities]]
id = "readmissions"
table = "spell"
counts = "readmissions"
windows = ["12m"]
"""

CHAPTER = Chapter(
    "bed-days",
    "Bed days and readmissions",
    """A bed day is a night in hospital; it belongs to the day it ends on. A readmission is a stay that begins 0 to
29 days after the person last left hospital alive.""",
    (
        Section(
            "A stay gives each window the nights that end in it",
            {
                "spell": """
                person_id | admitted_on | discharged_on
                inside    | 2026-09-01  | 2026-09-04
                across    | 2026-08-28  | 2026-09-02
                before    | 2026-08-20  | 2026-08-30
                day_case  | 2026-09-10  | 2026-09-10
                """
            },
            BED_DAYS,
            """
            person_id | bed_days_1m | bed_days_1_2m | bed_days_12m
            across    | 3           | 2             | 2 + 3
            before    | 0           | 10            | 10
            day_case  | 0           | 0             | 0
            inside    | 3           | 0             | 3
            """,
            says="""The last month is 31 August to 30 September: the nights of `across` that end on 31 August, 1 and 2
September are in it, those that end on 29 and 30 August are in the month before.""",
        ),
        Section(
            "A stay without discharge lasts to the day asked about, and one discharged later too",
            {
                "spell": """
                person_id | admitted_on | discharged_on
                still     | 2026-09-27  |
                leaves    | 2026-09-27  | 2026-10-05
                today     | 2026-09-30  |
                tomorrow  | 2026-10-01  |
                year      | 2020-01-01  |
                """
            },
            BED_DAYS,
            """
            person_id | bed_days_1m | bed_days_1_2m | bed_days_12m
            leaves    | 3           | 0             | 3
            still     | 3           | 0             | 3
            today     | 0           | 0             | 0
            tomorrow  | 0           | 0             | 0
            year      | 31          | 31            | 365
            """,
            says="Whoever was in hospital all year has a bed day for each day of the window.",
        ),
        Section(
            "A stay that ends before it begins has no nights",
            {
                "spell": """
                person_id | admitted_on | discharged_on
                wrong     | 2026-09-10  | 2026-09-01
                wrong     | 2026-09-10  | 2026-09-12
                """
            },
            BED_DAYS,
            """
            person_id | bed_days_12m
            wrong     | 0 + 2
            """,
        ),
        Section(
            "Bed days are those of stays that meet the conditions",
            {
                "spell": """
                person_id | admitted_on | discharged_on | admission_method
                ann       | 2026-09-01  | 2026-09-04    | 21
                ann       | 2026-09-10  | 2026-09-17    | 11
                """
            },
            """
            [[activities]]
            id = "emergency_bed_days"
            table = "spell"
            counts = "bed_days"
            where = "admission_method between '21' and '2D'"
            windows = ["12m"]
            """,
            """
            person_id | emergency_bed_days_12m
            ann       | 3
            """,
        ),
        Section(
            "Readmitted on day 0 to 29 after the discharge",
            {
                "spell": """
                person_id | admitted_on | discharged_on
                day_0     | 2026-03-01  | 2026-03-05
                day_0     | 2026-03-05  | 2026-03-06
                day_29    | 2026-03-01  | 2026-03-05
                day_29    | 2026-04-03  | 2026-04-04
                day_30    | 2026-03-01  | 2026-03-05
                day_30    | 2026-04-04  | 2026-04-05
                chain     | 2026-03-01  | 2026-03-05
                chain     | 2026-03-10  | 2026-03-15
                chain     | 2026-03-20  |
                """
            },
            READMISSIONS,
            """
            person_id | readmissions_12m
            chain     | 2
            day_0     | 1
            day_29    | 1
            day_30    | 0
            """,
        ),
        Section(
            "The discharge may lie before the window and outside the conditions",
            {
                "spell": """
                person_id | admitted_on | discharged_on | admission_method
                before    | 2025-09-20  | 2025-09-25    | 21
                before    | 2025-10-05  | 2025-10-06    | 21
                elective  | 2026-03-01  | 2026-03-05    | 11
                elective  | 2026-03-10  | 2026-03-12    | 21
                planned   | 2026-03-01  | 2026-03-05    | 21
                planned   | 2026-03-10  | 2026-03-12    | 11
                """
            },
            """
            [[activities]]
            id = "readmissions"
            table = "spell"
            counts = "readmissions"
            where = "admission_method = '21'"
            windows = ["12m"]
            """,
            """
            person_id | readmissions_12m
            before    | 1
            elective  | 1
            planned   | 0
            """,
            says="Of any stay before it: only the readmission itself must meet the conditions.",
        ),
        Section(
            "Nobody is readmitted after a death, nor from a stay still open",
            {
                "spell": """
                person_id | admitted_on | discharged_on | discharge_method
                died      | 2026-03-01  | 2026-03-05    | 4
                died      | 2026-03-10  | 2026-03-12    | 1
                open      | 2026-03-01  |               |
                open      | 2026-03-10  | 2026-03-12    | 1
                """
            },
            READMISSIONS,
            """
            person_id | readmissions_12m
            died      | 0
            open      | 0
            """,
        ),
        Section(
            "A stay inside a longer one follows the discharge before it",
            {
                "spell": """
                person_id | admitted_on | discharged_on
                nested    | 2026-03-01  | 2026-03-05
                nested    | 2026-03-10  | 2026-03-30
                nested    | 2026-03-15  | 2026-03-20
                """
            },
            READMISSIONS,
            """
            person_id | readmissions_12m
            nested    | 1 + 1
            """,
            says="The latest discharge before 15 March is that of 5 March; the longer stay has not ended by then.",
        ),
        Section(
            "Of two stays that begin on one day the one that ended earlier came first",
            {
                "spell": """
                person_id | admitted_on | discharged_on
                moved     | 2026-03-01  | 2026-03-01
                moved     | 2026-03-01  | 2026-03-05
                twice     | 2026-03-01  | 2026-03-01
                twice     | 2026-03-01  | 2026-03-01
                """
            },
            READMISSIONS,
            """
            person_id | readmissions_12m
            moved     | 1
            twice     | 0
            """,
            says="Of two stays of the same two days neither came first.",
        ),
        Section(
            "A readmission counts in the window of its own admission",
            {
                "spell": """
                person_id | admitted_on | discharged_on
                ann       | 2025-12-01  | 2025-12-31
                ann       | 2026-01-10  | 2026-01-11
                """
            },
            """
            [[activities]]
            id = "readmissions"
            table = "spell"
            counts = "readmissions"
            windows = ["1m", "1-2m"]
            """,
            """
            person_id | readmissions_1m | readmissions_1_2m
            ann       | 1               | 0
            """,
            as_at=date(2026, 1, 31),
        ),
    ),
)
