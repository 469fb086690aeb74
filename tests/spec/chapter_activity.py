"""Activity: rows of care counted in windows of months."""

from datetime import date

from spec_kit import Chapter, Section

STAYS = """
[[activities]]
id = "stays"
table = "spell"
windows = ["12m"]
"""

CHAPTER = Chapter(
    "activity",
    "Activity and windows",
    """An activity counts rows of one lake table, or something about them, in windows of months before the day asked
about. Everybody has a whole number in every window, 0 where there is nothing.""",
    (
        Section(
            "A window is after its first day and up to its last",
            {
                "emergency": """
                person_id | arrived_on
                edges     | 2025-09-30
                edges     | 2025-10-01
                edges     | 2026-03-30
                edges     | 2026-03-31
                edges     | 2026-09-30
                edges     | 2026-10-01
                edges     |
                none      |
                """
            },
            """
            [[activities]]
            id = "ed"
            table = "emergency"
            windows = ["6m", "6-12m", "12m"]
            """,
            """
            person_id | ed_6m | ed_6_12m | ed_12m
            edges     | 2     | 2        | 2 + 2
            none      | 0     | 0        | 0
            """,
            says="""Six months before 30 September 2026 is 30 March 2026. A row without a day counts in no window, a
row of tomorrow neither.""",
        ),
        Section(
            "The first day of a window is the month's last where the month is too short",
            {
                "emergency": """
                person_id | arrived_on
                ann       | 2026-02-28
                ann       | 2026-03-01
                bob       | 2025-08-31
                bob       | 2025-09-01
                """
            },
            """
            [[activities]]
            id = "ed"
            table = "emergency"
            windows = ["6m", "12m"]
            """,
            """
            person_id | ed_6m | ed_12m
            ann       | 1     | 2
            bob       | 0     | 1
            """,
            says="Asked about 31 August 2026: six months before is 28 February, twelve is 31 August 2025.",
            as_at=date(2026, 8, 31),
        ),
        Section(
            "A window of twelve months over a leap day",
            {
                "emergency": """
                person_id | arrived_on
                ann       | 2027-02-28
                ann       | 2027-03-01
                """
            },
            """
            [[activities]]
            id = "ed"
            table = "emergency"
            windows = ["12m"]
            """,
            """
            person_id | ed_12m
            ann       | 1
            """,
            says="Twelve months before 29 February 2028 is 28 February 2027.",
            as_at=date(2028, 2, 29),
        ),
        Section(
            "A condition keeps rows for which it is true, not those for which it is not known",
            {
                "appointment": """
                person_id | appointment_on | status   | mode
                ann       | 2026-09-01     | Attended | Home Visit
                ann       | 2026-09-02     | DNA      | Home Visit
                ann       | 2026-09-03     | Attended |
                ann       | 2026-09-04     |          | Telephone
                """
            },
            """
            [[activities]]
            id = "attended"
            table = "appointment"
            where = "status = 'Attended'"
            windows = ["12m"]

            [[activities]]
            id = "home_visits"
            table = "appointment"
            where = "status = 'Attended' and mode in ('Home Visit')"
            windows = ["12m"]

            [[activities]]
            id = "not_at_home"
            table = "appointment"
            where = "not mode = 'Home Visit'"
            windows = ["12m"]
            """,
            """
            person_id | attended_12m | home_visits_12m | not_at_home_12m
            ann       | 2            | 1               | 1
            """,
        ),
        Section(
            "Days and codes count once each",
            {
                "medicine": """
                person_id | code | issued_on
                ann       | a    | 2026-09-01
                ann       | b    | 2026-09-01
                ann       | a    | 2026-09-15
                ann       |      | 2026-09-20
                ann       | c    | 2025-01-01
                """
            },
            """
            [[activities]]
            id = "issues"
            table = "medicine"
            windows = ["12m"]

            [[activities]]
            id = "issue_days"
            table = "medicine"
            counts = "days"
            windows = ["12m"]

            [[activities]]
            id = "medicines"
            table = "medicine"
            counts = "codes"
            windows = ["12m", "24m"]
            """,
            """
            person_id | issues_12m | issue_days_12m | medicines_12m | medicines_24m
            ann       | 4          | 3              | 2             | 3
            """,
            says="A row without a code is no code.",
        ),
        Section(
            "Code lists keep rows whose code is in any of them",
            {
                "medicine": """
                person_id | code    | issued_on
                ann       | senna   | 2026-09-01
                ann       | lactulose | 2026-09-02
                ann       | aspirin | 2026-09-03
                """,
                "coded": """
                person_id | code   | recorded_on
                ann       | review | 2026-09-01
                ann       | other  | 2026-09-01
                """,
            },
            """
            [[activities]]
            id = "laxatives"
            table = "medicine"
            lists = ["senna", "lactulose"]
            windows = ["12m"]

            [[activities]]
            id = "reviews"
            table = "coded"
            lists = ["review"]
            windows = ["12m"]
            """,
            """
            person_id | laxatives_12m | reviews_12m
            ann       | 2             | 1
            """,
        ),
        Section(
            "Diagnoses are matched by how they begin, in the position asked for",
            {
                "spell": """
                person_id | admitted_on | diagnoses
                first     | 2026-09-01  | [J181, I500]
                second    | 2026-09-01  | [I500, J181]
                dotted    | 2026-09-01  | [j18.1]
                shorter   | 2026-09-01  | [J1]
                gap       | 2026-09-01  | [null, J181]
                empty     | 2026-09-01  | []
                missing   | 2026-09-01  |
                """
            },
            """
            [[activities]]
            id = "primary"
            table = "spell"
            windows = ["12m"]
            diagnosed = [{ position = "primary", lists = ["pneumonia"] }]

            [[activities]]
            id = "secondary"
            table = "spell"
            windows = ["12m"]
            diagnosed = [{ position = "secondary", lists = ["pneumonia"] }]

            [[activities]]
            id = "anywhere"
            table = "spell"
            windows = ["12m"]
            diagnosed = [{ position = "any", lists = ["pneumonia"] }]

            [[activities]]
            id = "without"
            table = "spell"
            windows = ["12m"]
            not_diagnosed = [{ position = "any", lists = ["pneumonia"] }]
            """,
            """
            person_id | primary_12m | secondary_12m | anywhere_12m | without_12m
            dotted    | 1           | 0             | 1            | 0
            empty     | 0           | 0             | 0            | 1
            first     | 1           | 0             | 1            | 0
            gap       | 0           | 1             | 1            | 0
            missing   | 0           | 0             | 0            | 1
            second    | 0           | 1             | 1            | 0
            shorter   | 0           | 0             | 0            | 1
            """,
            says="Dots and capitals do not matter. A stay without diagnoses is not diagnosed with anything.",
            lists="icd10 pneumonia = J18 J15",
        ),
        Section(
            "All diagnoses asked for must be there, and none of those that must not",
            {
                "spell": """
                person_id | admitted_on | diagnoses          | procedures
                both      | 2026-09-01  | [L03, L97]         | []
                one       | 2026-09-01  | [L03]              |
                excluded  | 2026-09-01  | [L03, L97, D57]    |
                operated  | 2026-09-01  | [L03, L97]         | [Z941, x02.1]
                """
            },
            """
            [[activities]]
            id = "cellulitis_with_ulcer"
            table = "spell"
            windows = ["12m"]
            diagnosed = [{ position = "primary", lists = ["cellulitis"] }, { position = "any", lists = ["ulcer"] }]
            not_diagnosed = [{ position = "any", lists = ["sickle_cell"] }]
            no_procedure_of = ["X0", "S1"]
            """,
            """
            person_id | cellulitis_with_ulcer_12m
            both      | 1
            excluded  | 0
            one       | 0
            operated  | 0
            """,
            lists="""
            icd10 cellulitis = L03 L04
            icd10 ulcer = L97
            icd10 sickle_cell = D57
            """,
        ),
        Section(
            "Of several kinds of stay one is enough, and a stay of two kinds counts once",
            {
                "person": """
                person_id | birth_on
                old       | 1950-06-01
                young     | 1990-06-01
                """,
                "spell": """
                person_id | admitted_on | diagnoses    | admission_method
                old       | 2026-09-01  | [W19, S72]   | 21
                old       | 2026-09-10  | [S72]        | 21
                old       | 2026-09-20  | [W19]        | 11
                young     | 2026-09-01  | [W19]        | 21
                young     | 2026-09-10  | [S72]        | 21
                """,
            },
            """
            [[activities]]
            id = "falls"
            table = "spell"
            where = "admission_method = '21'"
            windows = ["12m"]

            [[activities.any_of]]
            diagnosed = [{ position = "any", lists = ["fall"] }]

            [[activities.any_of]]
            diagnosed = [{ position = "any", lists = ["hip"] }]
            age_from = 65
            """,
            """
            person_id | falls_12m
            old       | 2
            young     | 1
            """,
            lists="""
            icd10 fall = W19
            icd10 hip = S72
            """,
        ),
        Section(
            "Age is that of the row's day, and a row of somebody whose age is not known counts",
            {
                "person": """
                person_id | birth_on
                now_65    | 1961-06-01
                unknown   |
                """,
                "spell": """
                person_id | admitted_on
                now_65    | 2026-05-31
                now_65    | 2026-06-01
                unknown   | 2026-06-01
                """,
            },
            """
            [[activities]]
            id = "older"
            table = "spell"
            age_from = 65
            windows = ["12m"]

            [[activities]]
            id = "younger"
            table = "spell"
            age_to = 64
            windows = ["12m"]
            """,
            """
            person_id | older_12m | younger_12m
            now_65    | 1         | 1
            unknown   | 1         | 1
            """,
        ),
        Section(
            "Every table of care can be counted",
            {
                "outpatient": """
                person_id | appointment_on | attended
                ann       | 2026-09-01     | 5
                """,
                "community": """
                person_id | contact_on | attended
                ann       | 2026-09-01 | 5
                ann       | 2026-09-02 | 5
                """,
                "programme_contact": """
                person_id | contact_on | attended
                ann       | 2026-09-01 | true
                ann       | 2026-09-02 | false
                ann       | 2026-09-03 |
                """,
                "spell": """
                person_id | admitted_on | discharged_on
                ann       | 2026-09-30  |
                """,
            },
            """
            [[activities]]
            id = "outpatients"
            table = "outpatient"
            where = "attended in ('5', '6')"
            windows = ["12m"]

            [[activities]]
            id = "contacts"
            table = "community"
            windows = ["12m"]

            [[activities]]
            id = "seen"
            table = "programme_contact"
            where = "attended"
            windows = ["12m"]
            """
            + STAYS,
            """
            person_id | outpatients_12m | contacts_12m | seen_12m | stays_12m
            ann       | 1               | 2            | 1        | 1
            """,
            says="A stay is dated by its admission.",
        ),
        Section(
            "A window that ends before it begins is refused",
            {},
            """
            [[activities]]
            id = "ed"
            table = "emergency"
            windows = ["12-6m"]
            """,
            refused="window '12-6m'",
        ),
        Section(
            "Bed days of anything but stays are refused",
            {},
            """
            [[activities]]
            id = "ed"
            table = "emergency"
            counts = "bed_days"
            windows = ["12m"]
            """,
            refused="bed_days of emergency",
        ),
    ),
)
