"""Counts of registers and weighted sums."""

from spec_kit import Chapter, Section

REGISTERS = """
[[registers]]
id = "diabetes"
any_of = [{ lists = ["diabetes"] }]

[[registers]]
id = "dementia"
any_of = [{ lists = ["dementia"] }]

[[registers]]
id = "asthma"
any_of = [{ lists = ["asthma"] }]
"""

CODED = {
    "coded": """
    person_id | code     | recorded_on
    all       | diabetes | 2020-01-01
    all       | dementia | 2020-01-01
    all       | asthma   | 2020-01-01
    asthma    | asthma   | 2020-01-01
    none      | other    | 2020-01-01
    """
}

CHAPTER = Chapter(
    "counts-and-weighted-sums",
    "Counts and weighted sums",
    "A count says on how many of its registers a person is. A weighted sum adds a published weight for each.",
    (
        Section(
            "A count counts the registers it names",
            CODED,
            REGISTERS
            + """
            [[tallies]]
            id = "ltc_count"
            registers = ["diabetes", "dementia"]
            """.replace("\n            ", "\n"),
            """
            person_id | ltc_count
            all       | 1 + 1
            asthma    | 0
            none      | 0
            """,
        ),
        Section(
            "Weights may be negative, and the sum is never unknown",
            CODED,
            REGISTERS
            + """
[[weighted]]
id = "burden"
decimals = 2
term = [
  { column = "diabetes", weight = 0.75 },
  { column = "dementia", weight = 2.5 },
  { column = "asthma", weight = -2.73 },
]
""",
            """
            person_id | burden
            all       | 0.75 + 2.5 - 2.73
            asthma    | -2.73
            none      | 0
            """,
        ),
        Section(
            "Weights are added exactly",
            CODED,
            REGISTERS
            + """
[[weighted]]
id = "burden"
decimals = 1
term = [
  { column = "diabetes", weight = 0.1 },
  { column = "dementia", weight = 0.2 },
  { column = "asthma", weight = 0 },
]

[[flags]]
id = "is_a_third"
rule = "burden = 0.3"
""",
            """
            person_id | burden    | is_a_third
            all       | 0.1 + 0.2 | true
            asthma    | 0         | false
            none      | 0         | false
            """,
            says="Added as binary numbers, 0.1 and 0.2 would be 0.30000000000000004.",
        ),
        Section(
            "A weight may stand on any yes/no column, a single deficit or a flag among them",
            {
                "coded": """
                person_id | code | recorded_on
                ann       | fall | 2020-01-01
                """,
                "emergency": """
                person_id | arrived_on
                bob       | 2026-09-01
                """,
            },
            """
            [[deficits]]
            id = "index"
            deficit = [{ id = "falls", title = "Falls", lists = ["fall"] }]
            bands = []
            bands_from_age = 65

            [[activities]]
            id = "ed"
            table = "emergency"
            windows = ["12m"]

            [[flags]]
            id = "ed_user"
            rule = "ed_12m > 0"

            [[weighted]]
            id = "burden"
            decimals = 0
            term = [{ column = "index_has_falls", weight = 3 }, { column = "ed_user", weight = 5 }]
            """,
            """
            person_id | burden
            ann       | 3
            bob       | 5
            """,
        ),
        Section(
            "A register counted twice is refused",
            {},
            REGISTERS
            + """
[[tallies]]
id = "ltc_count"
registers = ["diabetes", "diabetes"]
""",
            refused="diabetes counted twice",
        ),
        Section(
            "A weight finer than its decimals is refused",
            {},
            REGISTERS
            + """
[[weighted]]
id = "burden"
decimals = 1
term = [{ column = "diabetes", weight = 0.75 }]
""",
            refused="diabetes has a finer weight",
        ),
    ),
)
