"""Scores of diagnoses."""

from spec_kit import Chapter, Section

FRAILTY = """
[[diagnosis_scores]]
id = "hfrs"
items = "diagnosis_scores"
variant = "hfrs"
months = 24
valid_from_age = 75
bands = [
  { name = "low", starts_at = 0 },
  { name = "intermediate", starts_at = 5 },
  { name = "high", starts_at = 15 },
]
above = ["high"]
"""

CHAPTER = Chapter(
    "diagnosis-scores",
    "Scores of diagnoses",
    """A score of diagnoses adds the published weights of what a person's recent hospital stays show. Examples use the
weights of the Hospital Frailty Risk Score: F00 dementia 7.1, I69 sequelae of stroke 3.7, N39 urinary disorders 3.2,
S06 intracranial injury 2.4, G20 Parkinson's disease 1.8, R50 fever 0.1; Z00 has none.""",
    (
        Section(
            "Each item counts once, whatever the number of codes, positions and stays",
            {
                "spell": """
                person_id | admitted_on | diagnoses
                ann       | 2026-01-01  | [N390, F009]
                ann       | 2026-03-01  | [F00.1, n39, Z00]
                """
            },
            FRAILTY,
            """
            person_id | hfrs      | hfrs_band
            ann       | 3.2 + 7.1 | intermediate
            """,
        ),
        Section(
            "No stay in the look-back is not a low score",
            {
                "spell": """
                person_id | admitted_on | diagnoses
                edge      | 2024-09-30  | [F00]
                inside    | 2024-10-01  | [F00]
                future    | 2026-10-01  | [F00]
                harmless  | 2026-01-01  | [Z00]
                uncoded   | 2026-01-01  |
                """
            },
            FRAILTY,
            """
            person_id | hfrs | hfrs_band
            edge      |      |
            future    |      |
            harmless  | 0    | low
            inside    | 7.1  | intermediate
            uncoded   | 0    | low
            """,
        ),
        Section(
            "Sums are exact where the bands are cut",
            {
                "spell": """
                person_id | admitted_on | diagnoses
                at_5_0    | 2026-01-01  | [N39, G20]
                at_15_0   | 2026-01-01  | [F00, I69, S06, G20]
                at_15_1   | 2026-01-01  | [F00, I69, S06, G20, R50]
                """
            },
            FRAILTY,
            """
            person_id | hfrs                        | hfrs_band
            at_15_0   | 7.1 + 3.7 + 2.4 + 1.8       | intermediate
            at_15_1   | 7.1 + 3.7 + 2.4 + 1.8 + 0.1 | high
            at_5_0    | 3.2 + 1.8                   | intermediate
            """,
            says="""A band of `above` begins after its number: 15.0 is intermediate still, 15.1 is high. Added as binary
numbers, the first sum would be 15.000000000000002.""",
        ),
        Section(
            "A score of somebody too young for it is flagged",
            {
                "person": """
                person_id | birth_on
                now_75    | 1951-09-30
                still_74  | 1951-10-01
                unknown   |
                no_stay   | 2000-01-01
                """,
                "spell": """
                person_id | admitted_on | diagnoses
                now_75    | 2026-01-01  | [F00]
                still_74  | 2026-01-01  | [F00]
                unknown   | 2026-01-01  | [F00]
                """,
            },
            FRAILTY,
            """
            person_id | hfrs | hfrs_flag
            no_stay   |      |
            now_75    | 7.1  |
            still_74  | 7.1  | under 75
            unknown   | 7.1  |
            """,
        ),
        Section(
            "With `emergency_only` a stay counts where its admission method begins with 2",
            {
                "spell": """
                person_id | admitted_on | admission_method | diagnoses
                both      | 2026-01-01  | 11               | [F00]
                both      | 2026-02-01  | 2A               | [N39]
                planned   | 2026-01-01  | 11               | [F00]
                unknown   | 2026-01-01  |                  | [F00]
                """
            },
            """
            [[diagnosis_scores]]
            id = "hfrs"
            items = "diagnosis_scores"
            variant = "hfrs"
            months = 24
            emergency_only = true
            """,
            """
            person_id | hfrs
            both      | 3.2
            planned   |
            unknown   |
            """,
        ),
        Section(
            "The first of a pair keeps the second out, even where it is kept out itself",
            {
                "spell": """
                person_id | admitted_on | diagnoses
                second    | 2026-01-01  | [N39]
                both      | 2026-01-01  | [F00, N39]
                chain     | 2026-01-01  | [I69, F00, N39]
                """
            },
            """
            [[diagnosis_scores]]
            id = "hfrs"
            items = "diagnosis_scores"
            variant = "hfrs"
            months = 24
            instead = [["I69", "F00"], ["F00", "N39"]]
            """,
            """
            person_id | hfrs
            both      | 7.1
            chain     | 3.7
            second    | 3.2
            """,
        ),
        Section(
            "A sum does not go below its floor",
            {
                "spell": """
                person_id | admitted_on | diagnoses
                low       | 2026-01-01  | [N39]
                high      | 2026-01-01  | [F00]
                none      | 2020-01-01  | [F00]
                """
            },
            """
            [[diagnosis_scores]]
            id = "hfrs"
            items = "diagnosis_scores"
            variant = "hfrs"
            months = 24
            never_below = 4
            """,
            """
            person_id | hfrs
            high      | 7.1
            low       | 4
            none      |
            """,
        ),
        Section(
            "A variant that the table of weights does not have is refused",
            {},
            """
            [[diagnosis_scores]]
            id = "hfrs"
            items = "diagnosis_scores"
            variant = "frailty"
            months = 24
            """,
            refused="diagnosis_scores has no 'frailty'",
        ),
    ),
)
