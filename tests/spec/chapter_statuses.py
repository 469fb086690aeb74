"""Statuses and further conditions: registers of another shelf."""

from spec_kit import Chapter, Section

CHAPTER = Chapter(
    "statuses",
    "Statuses and further conditions",
    """A status (carer, housebound, living in a care home) and a condition without a contract register are written and
found as registers are. They stand on shelves of their own, so that nobody takes them for registers of the contract.""",
    (
        Section(
            "The latest of the code that says it and the code that ends it decides",
            {
                "coded": """
                person_id | code      | recorded_on
                is        | carer     | 2024-05-01
                is_again  | carer     | 2019-05-01
                is_again  | not_carer | 2021-05-01
                is_again  | carer     | 2025-05-01
                was       | carer     | 2024-05-01
                was       | not_carer | 2025-05-01
                never     | not_carer | 2025-05-01
                """
            },
            """
            [[statuses]]
            id = "carer"
            any_of = [{ lists = ["carer"], resolved_by = ["not_carer"] }]
            """,
            """
            person_id | carer
            is        | true
            is_again  | true
            never     | false
            was       | false
            """,
        ),
        Section(
            "A history of falls looks back from the first fall; a count of them is an activity",
            {
                "coded": """
                person_id | code | recorded_on
                once      | fall | 2026-01-10
                thrice    | fall | 2019-01-10
                thrice    | fall | 2026-01-10
                thrice    | fall | 2026-02-10
                """
            },
            """
            [[statuses]]
            id = "first_fall"
            any_of = [{ lists = ["fall"], first_within_months = 24 }]

            [[activities]]
            id = "falls"
            table = "coded"
            lists = ["fall"]
            windows = ["24m"]
            """,
            """
            person_id | first_fall | falls_24m
            once      | true       | 1
            thrice    | false      | 2
            """,
        ),
        Section(
            "Registers, conditions and statuses may exclude each other, and a count may count them all",
            {
                "coded": """
                person_id | code      | recorded_on
                ann       | autism    | 2020-01-01
                ann       | care_home | 2020-01-01
                bob       | autism    | 2020-01-01
                bob       | copd      | 2020-01-01
                """
            },
            """
            [[registers]]
            id = "copd"
            any_of = [{ lists = ["copd"] }]

            [[conditions]]
            id = "autism"
            any_of = [{ lists = ["autism"] }]
            unless = ["care_home"]

            [[statuses]]
            id = "care_home"
            any_of = [{ lists = ["care_home"] }]

            [[tallies]]
            id = "how_many"
            registers = ["copd", "autism", "care_home"]
            """,
            """
            person_id | copd  | autism | care_home | how_many
            ann       | false | false  | true      | 0 + 0 + 1
            bob       | true  | true   | false     | 1 + 1 + 0
            """,
        ),
    ),
)
