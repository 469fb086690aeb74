"""The monthly history and rising risk."""

from spec_kit import Chapter, Section

CHAPTER = Chapter(
    "history",
    "History and rising risk",
    """The history holds measures month by month, the latest first: what happened in each month, and how many deficits
there were at its end. Rising risk is read from change, not from level.""",
    (
        Section(
            "Activity falls in its month, deficits are counted at the month's end",
            {
                "emergency": """
                person_id | arrived_on
                ann       | 2026-09-30
                ann       | 2026-08-31
                ann       | 2026-08-30
                ann       | 2026-07-30
                ann       | 2026-06-30
                bob       | 2026-10-01
                """,
                "coded": """
                person_id | code  | recorded_on
                cat       | ulcer |
                cat       | falls | 2026-08-30
                dev       | falls | 2026-09-01
                """,
                "spell": """
                person_id | admitted_on | discharged_on
                ann       | 2026-08-28  | 2026-09-02
                """,
            },
            """
            [[activities]]
            id = "ed"
            table = "emergency"
            windows = ["12m"]

            [[activities]]
            id = "bed_days"
            table = "spell"
            counts = "bed_days"
            windows = ["12m"]

            [[deficits]]
            id = "index"
            deficit = [
              { id = "ulcer", title = "Ulcer", lists = ["ulcer"] },
              { id = "falls", title = "Falls", lists = ["falls"] },
              { id = "ed", title = "In A&E", column = "ed_12m", at_least = 1 },
            ]
            bands = []
            bands_from_age = 65

            [[histories]]
            id = "monthly"
            months = 3
            measure = [{ of = "ed" }, { of = "bed_days" }, { of = "index" }]
            """,
            """
            person_id | ed_12m
            ann       | 5
            bob       | 0
            cat       | 0
            dev       | 0
            """,
            """
            person_id | ed        | bed_days  | index
            ann       | [2, 1, 1] | [3, 2, 0] | [0, 0, 0]
            cat       | [0, 0, 0] | [0, 0, 0] | [2, 2, 1]
            dev       | [0, 0, 0] | [0, 0, 0] | [1, 0, 0]
            """,
            says="""The months end on 30 September, 30 August and 30 July. The history counts coded deficits alone.
Whoever has nothing in it has no row.""",
        ),
        Section(
            "A flag of rising risk asks for change, so a high steady level is not one",
            {
                "emergency": "\n".join(
                    ["person_id | arrived_on"]
                    + [f"rising | 2026-0{m}-15" for m in (6, 7, 8)]
                    + [f"steady | 2026-0{m}-15" for m in (1, 2, 3, 6, 7, 8)]
                    + [f"falling | 2026-0{m}-15" for m in (1, 2, 3)]
                )
            },
            """
            [[activities]]
            id = "ed"
            table = "emergency"
            windows = ["6m", "6-12m"]

            [[flags]]
            id = "rising"
            rule = "ed_6m >= ed_6_12m + 2"
            """,
            """
            person_id | ed_6m | ed_6_12m | rising
            falling   | 0     | 3        | false
            rising    | 3     | 0        | true
            steady    | 3     | 3        | false
            """,
        ),
    ),
)
