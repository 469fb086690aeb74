"""Counts of deficits."""

from spec_kit import Chapter, Section

INDEX = """
[[deficits]]
id = "index"
deficit = [
  { id = "anaemia", title = "Anaemia", lists = ["anaemia"] },
  { id = "falls", title = "Falls", lists = ["falls", "faller"] },
  { id = "ulcer", title = "Ulcer", lists = ["ulcer"] },
  { id = "polypharmacy", title = "Many medicines", column = "medicines_3m", at_least = 2 },
]
bands = [{ name = "fit", starts_at = 0 }, { name = "mild", starts_at = 2 }, { name = "severe", starts_at = 3 }]
bands_from_age = 65
not_codes = ["old_age"]
months_ago = [12]

[[activities]]
id = "medicines"
table = "medicine"
counts = "codes"
windows = ["3m"]
"""
LISTS = """
snomedct falls = falls old_age
"""

CHAPTER = Chapter(
    "counts-of-deficits",
    "Counts of deficits",
    """A count of deficits says how many of a fixed set a person has: by a code ever recorded, or by a number of the
person table that is reached. Bands are cut on whole counts.""",
    (
        Section(
            "Each deficit counts once, however often it is coded",
            {
                "coded": """
                person_id | code    | recorded_on
                one       | falls   | 2001-01-01
                one       | faller  | 2002-01-01
                one       | falls   |
                two       | falls   | 2001-01-01
                two       | ulcer   | 2026-09-30
                none      | ulcer   | 2026-10-01
                """
            },
            INDEX,
            """
            person_id | index_count | index | index_band | index_deficits
            none      | 0           | 0 / 4 | fit        | 0
            one       | 1           | 1 / 4 | fit        | 2
            two       | 1 + 1       | 2 / 4 | mild       | 2 + 4
            """,
            says="""The last column is a mask: the first deficit of the file is 1, the second 2, the third 4, the
fourth 8.""",
            lists=LISTS,
        ),
        Section(
            "A number of the person table that is reached is a deficit too",
            {
                "coded": """
                person_id | code  | recorded_on
                three     | ulcer | 2020-01-01
                three     | falls | 2020-01-01
                """,
                "medicine": """
                person_id | code | issued_on
                three     | a    | 2026-07-01
                three     | b    | 2026-09-01
                one       | a    | 2026-07-01
                one       | b    | 2026-06-30
                """,
            },
            INDEX,
            """
            person_id | medicines_3m | index_count | index_band | index_deficits
            one       | 1            | 0           | fit        | 0
            three     | 2            | 1 + 1 + 1   | severe     | 2 + 4 + 8
            """,
            lists=LISTS,
        ),
        Section(
            "Codes in `not_codes` show nothing",
            {
                "coded": """
                person_id | code    | recorded_on
                ann       | old_age | 2020-01-01
                """
            },
            INDEX,
            """
            person_id | index_count
            ann       | 0
            """,
            lists=LISTS,
        ),
        Section(
            "Bands need an age that is known and high enough",
            {
                "person": """
                person_id | birth_on
                now_65    | 1961-09-30
                still_64  | 1961-10-01
                unknown   |
                """,
                "coded": """
                person_id | code  | recorded_on
                now_65    | ulcer | 2020-01-01
                now_65    | falls | 2020-01-01
                still_64  | ulcer | 2020-01-01
                still_64  | falls | 2020-01-01
                unknown   | ulcer | 2020-01-01
                """,
            },
            INDEX,
            """
            person_id | index_count | index_band
            now_65    | 2           | mild
            still_64  | 2           |
            unknown   | 1           |
            """,
            lists=LISTS,
        ),
        Section(
            "The count of a day some months ago is asked about that day, of codes alone",
            {
                "coded": """
                person_id | code  | recorded_on
                rising    | falls | 2025-09-30
                rising    | ulcer | 2025-10-01
                undated   | ulcer |
                """,
                "medicine": """
                person_id | code | issued_on
                rising    | a    | 2025-09-01
                rising    | b    | 2025-09-01
                """,
            },
            INDEX,
            """
            person_id | index_count | index_count_12m_ago
            rising    | 2           | 1
            undated   | 1           | 1
            """,
            lists=LISTS,
        ),
        Section(
            "A look-back lets old codes go, but not those without a date",
            {
                "coded": """
                person_id | code  | recorded_on
                edge      | ulcer | 2023-09-30
                inside    | ulcer | 2023-10-01
                undated   | ulcer |
                then      | ulcer | 2022-10-01
                """
            },
            """
            [[deficits]]
            id = "index"
            deficit = [{ id = "ulcer", title = "Ulcer", lists = ["ulcer"] }]
            bands = [{ name = "some", starts_at = 1 }]
            bands_from_age = 0
            months = 36
            months_ago = [12]
            """,
            """
            person_id | index_count | index_band | index_count_12m_ago
            edge      | 0           |            | 1
            inside    | 1           | some       | 1
            then      | 0           |            | 1
            undated   | 1           | some       | 1
            """,
        ),
        Section(
            "Rules may ask for a single deficit",
            {
                "coded": """
                person_id | code   | recorded_on
                ann       | faller | 2020-01-01
                bob       | ulcer  | 2020-01-01
                """
            },
            INDEX
            + """
[[flags]]
id = "falls_without_ulcer"
rule = "index_has_falls and not index_has_ulcer"
            """,
            """
            person_id | falls_without_ulcer
            ann       | true
            bob       | false
            """,
            lists=LISTS,
        ),
        Section(
            "The published bands of the electronic frailty index fall where its counts say",
            {
                "coded": "\n".join(
                    ["person_id | code | recorded_on"]
                    + [f"has_{n:02} | d{i} | 2020-01-01" for n in (4, 5, 8, 9, 12, 13) for i in range(n)]
                )
            },
            "[[deficits]]\nid = 'efi'\nbands_from_age = 65\n"
            "bands = [{ name = 'fit', starts_at = 0 }, { name = 'mild', starts_at = 5 },"
            " { name = 'moderate', starts_at = 9 }, { name = 'severe', starts_at = 13 }]\n"
            + "deficit = [\n"
            + "".join(f"  {{ id = 'd{i}', title = 'Deficit {i}', lists = ['d{i}'] }},\n" for i in range(36))
            + "]\n",
            """
            person_id | efi_count | efi     | efi_band
            has_04    | 4         | 4 / 36  | fit
            has_05    | 5         | 5 / 36  | mild
            has_08    | 8         | 8 / 36  | mild
            has_09    | 9         | 9 / 36  | moderate
            has_12    | 12        | 12 / 36 | moderate
            has_13    | 13        | 13 / 36 | severe
            """,
            says="Clegg and others 2016: 36 deficits, fit to 0.12, mild to 0.24, moderate to 0.36, severe above.",
        ),
    ),
)
