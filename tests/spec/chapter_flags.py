"""Flags and cohorts."""

from spec_kit import Chapter, Section

ED = """
[[activities]]
id = "ed"
table = "emergency"
windows = ["12m"]
"""
FIVE_VISITS = "\n".join(
    ["person_id | arrived_on"] + [f"{p} | 2026-0{m}-01" for p in ("dead", "gone", "here") for m in range(1, 6)]
)

CHAPTER = Chapter(
    "flags-and-cohorts",
    "Flags and cohorts",
    """A flag is a rule as a column of the person table. A cohort is a rule for whom teams should see: it finds only
people who are alive and registered with a practice of the Place.""",
    (
        Section(
            "A flag asks its rule of everybody, a cohort of those alive and registered here",
            {
                "person": """
                person_id | died_on    | registered_to
                dead      | 2026-09-29 |
                gone      |            | 2026-09-29
                here      |            | 2026-09-30
                quiet     |            |
                """,
                "emergency": FIVE_VISITS,
            },
            ED
            + """
[[flags]]
id = "high_use"
rule = "ed_12m >= 5"

[[cohorts]]
id = "high_users"
rule = "ed_12m >= 5"
""",
            """
            person_id | ed_12m | high_use | in_high_users
            dead      | 5      | true     | false
            gone      | 5      | true     | false
            here      | 5      | true     | true
            quiet     | 0      | false    | false
            """,
        ),
        Section(
            "Flags and cohorts may be made of each other, in any order",
            {
                "emergency": """
                person_id | arrived_on
                ann       | 2026-09-01
                """,
                "person": """
                person_id | birth_on
                ann       | 1950-01-01
                bob       | 1950-01-01
                """,
            },
            ED
            + """
[[flags]]
id = "a_last"
rule = "in_older_users and b_first"

[[flags]]
id = "b_first"
rule = "ed_12m >= 1"

[[cohorts]]
id = "older_users"
rule = "b_first and age >= 65"

[[cohorts]]
id = "all_of_it"
rule = "in_older_users and a_last"
""",
            """
            person_id | a_last | b_first | in_older_users | in_all_of_it
            ann       | true   | true    | true           | true
            bob       | false  | false   | false          | false
            """,
        ),
        Section(
            "A cohort that is off has no column",
            {
                "person": """
                person_id | birth_on
                ann       | 1950-01-01
                """
            },
            """
            [[cohorts]]
            id = "older"
            rule = "age >= 65"

            [[cohorts]]
            id = "younger"
            rule = "age < 65"
            is_on = false
            """,
            """
            person_id | in_older
            ann       | true
            """,
        ),
        Section(
            "Flags made of each other in a circle are refused",
            {},
            """
            [[flags]]
            id = "one"
            rule = "two or age > 1"

            [[flags]]
            id = "two"
            rule = "one"
            """,
            refused="one, two are made of each other",
        ),
        Section(
            "A rule that asks for a column that is not there is refused",
            {},
            """
            [[flags]]
            id = "one"
            rule = "height > 1"
            """,
            refused="there is no column height",
        ),
    ),
)
