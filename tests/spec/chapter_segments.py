"""Segments."""

from spec_kit import Chapter, Section

CHAPTER = Chapter(
    "segments",
    "Segments",
    """A scheme puts each person into exactly one segment: the first whose rule holds, else the last, which has no
rule.""",
    (
        Section(
            "The first rule that holds decides, and the last segment takes the rest",
            {
                "person": """
                person_id | birth_on
                both      | 1940-01-01
                old       | 1940-01-01
                sick      | 1990-01-01
                unknown   |
                well      | 1990-01-01
                """,
                "coded": """
                person_id | code   | recorded_on
                both      | cancer | 2020-01-01
                sick      | cancer | 2020-01-01
                """,
            },
            """
            [[registers]]
            id = "cancer"
            any_of = [{ lists = ["cancer"] }]

            [[schemes]]
            id = "by_illness"
            segment = [
              { id = "cancer", title = "Cancer", rule = "cancer" },
              { id = "older", title = "Older people", rule = "age >= 65" },
              { id = "healthy", title = "Healthy" },
            ]

            [[schemes]]
            id = "by_age"
            segment = [
              { id = "older", title = "Older people", rule = "age >= 65" },
              { id = "cancer", title = "Cancer", rule = "cancer" },
              { id = "healthy", title = "Healthy" },
            ]
            """,
            """
            person_id | by_illness | by_age
            both      | cancer     | older
            old       | older      | older
            sick      | cancer     | cancer
            unknown   | healthy    | healthy
            well      | healthy    | healthy
            """,
            says="""Two schemes of the same rules in another order differ. The dead and those who left have a segment
too.""",
        ),
        Section(
            "A rule may ask for another scheme's segment",
            {
                "person": """
                person_id | birth_on
                old       | 1940-01-01
                young     | 1990-01-01
                """
            },
            """
            [[schemes]]
            id = "coarse"
            segment = [{ id = "older", title = "Older", rule = "age >= 65" }, { id = "other", title = "Other" }]

            [[schemes]]
            id = "fine"
            segment = [
              { id = "oldest", title = "Oldest", rule = "coarse = 'older' and age >= 85" },
              { id = "rest", title = "The rest" },
            ]
            """,
            """
            person_id | coarse | fine
            old       | older  | oldest
            young     | other  | rest
            """,
        ),
        Section(
            "A segment without a rule before the last is refused",
            {},
            """
            [[schemes]]
            id = "one"
            segment = [{ id = "a", title = "A" }, { id = "b", title = "B" }]
            """,
            refused="a has no rule",
        ),
        Section(
            "A last segment with a rule is refused, because somebody might be in none",
            {},
            """
            [[schemes]]
            id = "one"
            segment = [{ id = "a", title = "A", rule = "age > 1" }, { id = "b", title = "B", rule = "age < 2" }]
            """,
            refused="the last segment, b, has a rule",
        ),
    ),
)
