"""Who people are."""

from spec_kit import Chapter, Section

CHAPTER = Chapter(
    "people",
    "Who people are",
    """Several records can speak of one person. Records of general practice are believed before the Place's cohort list,
that before community care, that before hospitals; of one source the newest row. E01006950 is in the most deprived tenth
of England, E01006926 in the least deprived.""",
    (
        Section(
            "The better source is believed, and of one source the newest row",
            {
                "person": """
                person_id | source    | sex | birth_on   | received_on
                ann       | hospital  | 1   | 1950-01-01 | 2026-03-01
                ann       | gp        | 2   | 1951-01-01 | 2026-01-01
                ann       | gp        | 9   | 1952-01-01 | 2026-02-01
                bob       | community | 1   | 1950-01-01 | 2026-01-01
                bob       | cohort    |     |            | 2026-01-01
                cat       | gp        | X   | 1950-01-01 | 2026-01-01
                cat       | hospital  | 2   | 1950-01-01 | 2026-01-01
                """
            },
            "",
            """
            person_id | sex | age
            ann       | 9   | 74
            bob       | 1   | 76
            cat       | 2   | 76
            """,
            says="What a row does not know is taken from the next; sex X is not known.",
        ),
        Section(
            "Of rows that arrived together the later version is newer, then the later file, then the later row",
            {
                "person": """
                person_id | sex | received_on | version_key | file_id | row_no
                ann       | 1   | 2026-01-01  | 2026-02     | a       | 1
                ann       | 2   | 2026-01-01  | 2026-01     | b       | 9
                bob       | 1   | 2026-01-01  |             | b       | 9
                bob       | 2   | 2026-01-01  | 2026-01     | a       | 1
                cat       | 1   | 2026-01-01  |             | a       | 9
                cat       | 2   | 2026-01-01  |             | b       | 1
                dev       | 1   | 2026-01-01  |             | a       | 1
                dev       | 2   | 2026-01-01  |             | a       | 2
                """
            },
            "",
            """
            person_id | sex
            ann       | 1
            bob       | 2
            cat       | 2
            dev       | 2
            """,
        ),
        Section(
            "The finest birth date is believed, whatever its source",
            {
                "person": """
                person_id | source   | birth_on   | birth_precision
                ann       | gp       | 1950-12-31 | year
                ann       | cohort   | 1950-06-30 | month
                ann       | hospital | 1950-06-15 | day
                bob       | gp       | 1950-12-31 | year
                bob       | hospital | 1961-06-30 |
                """
            },
            "",
            """
            person_id | age
            ann       | 76
            bob       | 75
            """,
        ),
        Section(
            "Withdrawn rows and unknown sources say nothing, and a cohort row alone makes a person",
            {
                "person": """
                person_id | source | sex | is_deleted
                ann       | gp     | 2   | true
                bob       | rumour | 2   |
                cat       | gp     | 2   | false
                """,
                "cohort": """
                person_id | cohort_name | identified_on
                dev       | local       | 2026-01-01
                """,
                "emergency": """
                person_id | arrived_on
                eve       | 2026-01-01
                """,
            },
            "",
            """
            person_id | sex | is_alive | is_registered
            cat       | 2   | true     | true
            dev       |     | true     | false
            """,
            says="Somebody who is only seen at a hospital is not a person of this table.",
        ),
        Section(
            "A death is the most believed one; without any, a discharge by death",
            {
                "person": """
                person_id | source   | died_on
                told      | gp       | 2026-09-29
                told      | hospital | 2026-09-20
                inferred  | gp       |
                today     | gp       | 2026-09-30
                alive     | gp       |
                """,
                "spell": """
                person_id | admitted_on | discharged_on | discharge_method
                told      | 2026-09-01  | 2026-09-21    | 4
                inferred  | 2026-09-01  | 2026-09-22    | 4
                alive     | 2026-09-01  | 2026-09-22    | 1
                """,
            },
            "",
            """
            person_id | died_on    | is_alive
            alive     |            | true
            inferred  | 2026-09-22 | false
            today     | 2026-09-30 | true
            told      | 2026-09-29 | false
            """,
        ),
        Section(
            "Ethnicity: one of sixteen categories, by source; after all of them the latest visit to a hospital",
            {
                "person": """
                person_id | source   | ethnicity
                gp        | gp       | A
                gp        | hospital | M
                stated    | gp       | Z
                stated    | hospital | M
                visit     | gp       | 99
                same_day  | gp       |
                undated   | gp       |
                none      | gp       | Z
                """,
                "spell": """
                person_id | admitted_on | ethnicity
                stated    | 2026-01-01  | N
                visit     | 2026-01-01  | J
                same_day  | 2026-01-01  | J
                undated   |             | J
                """,
                "emergency": """
                person_id | arrived_on  | ethnicity
                visit     | 2026-02-01  | K
                visit     | 2026-03-01  | Z
                same_day  | 2026-01-01  | L
                undated   | 2020-01-01  | N
                """,
                "outpatient": """
                person_id | appointment_on | ethnicity
                same_day  | 2026-01-01     | A
                """,
            },
            "",
            """
            person_id | ethnicity | ethnic_group
            gp        | A         | White
            none      |           | Not known
            same_day  | L         | Asian
            stated    | M         | Black
            undated   | N         | Black
            visit     | K         | Asian
            """,
            says="Of several categories of one day, the letter last in the alphabet.",
        ),
        Section(
            "A home is told by the first source that has any, and a move to an unknown home ends the one before",
            {
                "person": """
                person_id | source   | lsoa21    | resident_from | received_on
                moved     | gp       | E01006950 |               | 2026-01-01
                moved     | gp       | E01006926 | 2026-09-30    | 2026-01-01
                moves     | gp       | E01006950 |               | 2026-01-01
                moves     | gp       | E01006926 | 2026-10-01    | 2026-01-01
                lost      | gp       | E01006950 |               | 2026-01-01
                lost      | gp       |           | 2026-09-01    | 2026-01-01
                lost      | hospital | E01006926 |               | 2026-01-01
                corrected | gp       | E01006950 | 2020-01-01    | 2026-01-01
                corrected | gp       | E01006926 | 2020-01-01    | 2026-02-01
                corrected | gp       |           | 2020-01-01    | 2026-03-01
                elsewhere | gp       |           |               | 2026-01-01
                elsewhere | hospital | E01006926 |               | 2026-01-01
                """
            },
            "",
            """
            person_id | lsoa21    | imd_decile | imd_quintile
            corrected | E01006926 | 10         | 5
            elsewhere | E01006926 | 10         | 5
            lost      |           |            |
            moved     | E01006926 | 10         | 5
            moves     | E01006950 | 1          | 1
            """,
            says="Of two homes from the same day the newest that is known.",
        ),
        Section(
            "Registered with a practice of the Place on the day, both ends included",
            {
                "person": """
                person_id | record_id | source   | practice  | registered_from | registered_to | received_on
                both      | 1         | gp       | ELSEWHERE | 2026-01-01      |               | 2026-01-01
                both      | 2         | gp       | HERE      | 2020-01-01      |               | 2026-01-01
                ended     | 1         | gp       | HERE      | 2020-01-01      |               | 2026-01-01
                ended     | 1         | gp       | HERE      | 2020-01-01      | 2026-06-30    | 2026-07-01
                moved     | 1         | gp       | HERE      | 2020-01-01      | 2026-06-30    | 2026-01-01
                moved     | 2         | gp       | ELSEWHERE | 2026-07-01      |               | 2026-01-01
                newer     | 1         | gp       | A         | 2020-01-01      |               | 2026-01-01
                newer     | 2         | gp       | B         | 2021-01-01      |               | 2026-01-01
                first_day | 1         | gp       | HERE      | 2026-09-30      |               | 2026-01-01
                tomorrow  | 1         | gp       | HERE      | 2026-10-01      |               | 2026-01-01
                visit     | 1         | hospital | HERE      |                 |               | 2026-01-01
                list      | 1         | cohort   | HERE      |                 |               | 2026-01-01
                backwards | 1         | gp       | HERE      | 2026-09-30      | 2026-09-01    | 2026-01-01
                """
            },
            "",
            """
            person_id | practice  | is_registered | registered_until
            backwards |           | false         |
            both      | HERE      | true          |
            ended     |           | false         | 2026-06-30
            first_day | HERE      | true          |
            list      | HERE      | true          |
            moved     | ELSEWHERE | false         | 2026-06-30
            newer     | B         | false         |
            tomorrow  |           | false         |
            visit     |           | false         |
            """,
            says="""The newest row of a registration ends it. A practice of the Place is named before another, then
the one registered with last. A practice named at a hospital visit is not a registration.""",
        ),
    ),
)
