"""Recorded values: the latest that somebody wrote down."""

from spec_kit import Chapter, Section

SEVERITY = """
[[values]]
id = "frailty"
says = [
  { value = "mild", lists = ["mild"] },
  { value = "moderate", lists = ["moderate"] },
  { value = "severe", lists = ["severe"] },
]
"""

CFS = """
[[values]]
id = "cfs"
is_number = true
lowest = 1
highest = 9
valid_from_age = 65
bands = [{ name = "mild", starts_at = 5 }, { name = "severe", starts_at = 7 }]
says = [
  { value = "number", lists = ["cfs_score"] },
  { value = "6", lists = ["cfs_level_6"] },
]
"""

CHAPTER = Chapter(
    "recorded-values",
    "Recorded values",
    """A recorded value is the latest that somebody recorded: a severity, a scale's score, a supplier's index. It is
never derived from anything else.""",
    (
        Section(
            "The latest day decides",
            {
                "coded": """
                person_id | code     | recorded_on
                better    | severe   | 2020-01-01
                better    | mild     | 2023-01-01
                worse     | mild     | 2020-01-01
                worse     | severe   | 2023-01-01
                worse     | moderate | 2026-10-01
                never     | other    | 2023-01-01
                """
            },
            SEVERITY,
            """
            person_id | frailty | frailty_on
            better    | mild    | 2023-01-01
            never     |         |
            worse     | severe  | 2023-01-01
            """,
        ),
        Section(
            "On one day what is written later in the file wins",
            {
                "coded": """
                person_id | code     | recorded_on
                ann       | severe   | 2023-01-01
                ann       | moderate | 2023-01-01
                """
            },
            SEVERITY,
            """
            person_id | frailty | frailty_on
            ann       | severe  | 2023-01-01
            """,
        ),
        Section(
            "An entry without a date counts only where there is no dated one",
            {
                "coded": """
                person_id | code   | recorded_on
                only      | severe |
                both      | severe |
                both      | mild   | 1980-01-01
                """
            },
            SEVERITY,
            """
            person_id | frailty | frailty_on
            both      | mild    | 1980-01-01
            only      | severe  |
            """,
        ),
        Section(
            "A number is the entry's own, or what its code says",
            {
                "coded": """
                person_id | code        | recorded_on | value
                own       | cfs_score   | 2026-01-01  | 4
                code      | cfs_level_6 | 2026-01-01  |
                same_day  | cfs_level_6 | 2026-01-01  |
                same_day  | cfs_score   | 2026-01-01  | 8
                two       | cfs_score   | 2026-01-01  | 4
                two       | cfs_score   | 2026-01-01  | 5
                empty     | cfs_score   | 2026-01-01  |
                """
            },
            CFS,
            """
            person_id | cfs | cfs_on     | cfs_band
            code      | 6   | 2026-01-01 | mild
            empty     |     |            |
            own       | 4   | 2026-01-01 |
            same_day  | 6   | 2026-01-01 | mild
            two       | 5   | 2026-01-01 | mild
            """,
            says="Of two numbers of a day the larger. Under the start of the first band there is no band.",
        ),
        Section(
            "A number outside the range does not count, and hides nothing",
            {
                "coded": """
                person_id | code      | recorded_on | value
                typo      | cfs_score | 2025-01-01  | 5
                typo      | cfs_score | 2026-01-01  | 50
                zero      | cfs_score | 2026-01-01  | 0
                ends      | cfs_score | 2025-01-01  | 1
                ends      | cfs_score | 2026-01-01  | 9
                """
            },
            CFS,
            """
            person_id | cfs | cfs_on     | cfs_band
            ends      | 9   | 2026-01-01 | severe
            typo      | 5   | 2025-01-01 | mild
            zero      |     |            |
            """,
        ),
        Section(
            "With `months`, entries that are older or have no date do not count",
            {
                "coded": """
                person_id | code      | recorded_on | value
                edge      | cfs_score | 2025-09-30  | 5
                inside    | cfs_score | 2025-10-01  | 5
                undated   | cfs_score |             | 5
                """
            },
            """
            [[values]]
            id = "cfs"
            is_number = true
            months = 12
            says = [{ value = "number", lists = ["cfs_score"] }]
            """,
            """
            person_id | cfs | cfs_on
            edge      |     |
            inside    | 5   | 2025-10-01
            undated   |     |
            """,
        ),
        Section(
            "A value of somebody too young for it is flagged, not taken away",
            {
                "person": """
                person_id | birth_on
                now_65    | 1961-09-30
                still_64  | 1961-10-01
                unknown   |
                no_value  | 2000-01-01
                """,
                "coded": """
                person_id | code      | recorded_on | value
                now_65    | cfs_score | 2026-01-01  | 6.5
                still_64  | cfs_score | 2026-01-01  | 7
                unknown   | cfs_score | 2026-01-01  | 7
                """,
            },
            CFS,
            """
            person_id | cfs | cfs_band | cfs_flag
            no_value  |     |          |
            now_65    | 6.5 | mild     |
            still_64  | 7   | severe   | under 65
            unknown   | 7   | severe   |
            """,
        ),
        Section(
            "A word that is no number is refused where numbers are read",
            {},
            """
            [[values]]
            id = "cfs"
            is_number = true
            says = [{ value = "frail", lists = ["frail"] }]
            """,
            refused="frail is no number",
        ),
        Section(
            "Bounds of words are refused",
            {},
            """
            [[values]]
            id = "frailty"
            lowest = 1
            says = [{ value = "mild", lists = ["mild"] }]
            """,
            refused="numbers of words",
        ),
    ),
)
