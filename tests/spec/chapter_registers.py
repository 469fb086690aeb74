"""Registers: what puts a person on one, and what takes them off."""

from datetime import date

from spec_kit import Chapter, Section

DIABETES = """
[[registers]]
id = "diabetes"
any_of = [{ lists = ["diabetes"], resolved_by = ["diabetes_resolved"] }]
"""

CHAPTER = Chapter(
    "registers",
    "Registers",
    """A register is a list of people with a condition, found from coded entries of the GP record. A person is on it
where any of its criteria holds, and every condition written in that criterion must hold.""",
    (
        Section(
            "One entry of any of its lists is enough",
            {
                "coded": """
                person_id | code     | recorded_on
                ann       | stroke   | 1999-01-05
                bob       | tia      | 2026-09-30
                cat       | diabetes | 2020-01-01
                dev       | stroke   |
                """
            },
            """
            [[registers]]
            id = "stroke_tia"
            any_of = [{ lists = ["stroke", "tia"] }]
            """,
            """
            person_id | stroke_tia
            ann       | true
            bob       | true
            cat       | false
            dev       | true
            """,
            says="An entry without a date counts too, and so does an entry of the day asked about.",
        ),
        Section(
            "Entries dated after the day asked about do not exist",
            {
                "coded": """
                person_id | code              | recorded_on
                ann       | diabetes          | 2026-10-01
                bob       | diabetes          | 2020-01-01
                bob       | diabetes_resolved | 2026-10-01
                """
            },
            DIABETES,
            """
            person_id | diabetes
            ann       | false
            bob       | true
            """,
        ),
        Section(
            "The latest diagnosis must be later than the latest resolution",
            {
                "coded": """
                person_id | code              | recorded_on
                after     | diabetes          | 2015-03-01
                after     | diabetes_resolved | 2019-06-01
                again     | diabetes          | 2015-03-01
                again     | diabetes_resolved | 2019-06-01
                again     | diabetes          | 2022-01-10
                same_day  | diabetes          | 2019-06-01
                same_day  | diabetes_resolved | 2019-06-01
                """
            },
            DIABETES,
            """
            person_id | diabetes
            after     | false
            again     | true
            same_day  | false
            """,
            says="On one day the resolution wins.",
        ),
        Section(
            "An entry without a date is earlier than any dated one",
            {
                "coded": """
                person_id   | code              | recorded_on
                undated     | diabetes          |
                undated     | diabetes_resolved | 1900-01-01
                unresolved  | diabetes          | 1900-01-01
                unresolved  | diabetes_resolved |
                both        | diabetes          |
                both        | diabetes_resolved |
                """
            },
            DIABETES,
            """
            person_id  | diabetes
            both       | false
            undated    | false
            unresolved | true
            """,
            says="Where neither has a date they are of the same day, so the resolution wins.",
        ),
        Section(
            "A list's codes of another system find nothing",
            {
                "coded": """
                person_id | code | recorded_on
                ann       | 44   | 2020-01-01
                bob       | 55   | 2020-01-01
                """
            },
            """
            [[registers]]
            id = "gout"
            any_of = [{ lists = ["gout"] }]
            """,
            """
            person_id | gout
            ann       | true
            bob       | false
            """,
            lists="""
            snomedct gout = 44
            icd10 gout = 55
            """,
        ),
        Section(
            "Only a recent enough latest diagnosis counts, with `recorded_from`",
            {
                "coded": """
                person_id | code   | recorded_on
                before    | cancer | 2003-03-31
                on_it     | cancer | 2003-04-01
                later     | cancer | 1990-01-01
                later     | cancer | 2010-01-01
                undated   | cancer |
                """
            },
            """
            [[registers]]
            id = "cancer"
            any_of = [{ lists = ["cancer"], recorded_from = 2003-04-01 }]
            """,
            """
            person_id | cancer
            before    | false
            later     | true
            on_it     | true
            undated   | false
            """,
        ),
        Section(
            "The first dated diagnosis decides `first_within_months`",
            {
                "coded": """
                person_id | code   | recorded_on
                edge      | cancer | 2021-09-30
                inside    | cancer | 2021-10-01
                long_ago  | cancer | 2001-01-01
                long_ago  | cancer | 2025-01-01
                mixed     | cancer |
                mixed     | cancer | 2025-01-01
                undated   | cancer |
                """
            },
            """
            [[registers]]
            id = "recent_cancer"
            any_of = [{ lists = ["cancer"], first_within_months = 60 }]
            """,
            """
            person_id | recent_cancer
            edge      | false
            inside    | true
            long_ago  | false
            mixed     | true
            undated   | false
            """,
            says="60 months before 30 September 2026 is 30 September 2021, which is just too early.",
        ),
        Section(
            "Months back from a month's last day stop at the last day that there is",
            {
                "coded": """
                person_id | code   | recorded_on
                edge      | cancer | 2026-02-28
                inside    | cancer | 2026-03-01
                """
            },
            """
            [[registers]]
            id = "new_cancer"
            any_of = [{ lists = ["cancer"], first_within_months = 1 }]
            """,
            """
            person_id | new_cancer
            edge      | false
            inside    | true
            """,
            says="A month before 31 March 2026 is 28 February 2026.",
            as_at=date(2026, 3, 31),
        ),
        Section(
            "Age at the first dated diagnosis, with `first_at_age_from`",
            {
                "person": """
                person_id | birth_on
                day_early | 1960-05-02
                on_day    | 1960-05-01
                undated   | 1960-05-01
                unknown   |
                """,
                "coded": """
                person_id | code         | recorded_on
                day_early | osteoporosis | 2010-05-01
                day_early | osteoporosis | 2020-05-01
                on_day    | osteoporosis | 2010-05-01
                undated   | osteoporosis |
                unknown   | osteoporosis | 2010-05-01
                """,
            },
            """
            [[registers]]
            id = "osteoporosis"
            any_of = [{ lists = ["osteoporosis"], first_at_age_from = 50 }]
            """,
            """
            person_id | osteoporosis
            day_early | false
            on_day    | true
            undated   | false
            unknown   | true
            """,
            says="A birth date that is not known does not hide a diagnosis; a diagnosis without any date has no age.",
        ),
        Section(
            "Ages on the day asked about include both ends, and an age not known passes",
            {
                "person": """
                person_id | birth_on
                today_17  | 2009-09-30
                still_16  | 2009-10-01
                last_64   | 1961-10-01
                now_65    | 1961-09-30
                unknown   |
                """,
                "coded": """
                person_id | code    | recorded_on
                today_17  | anxiety | 2020-01-01
                still_16  | anxiety | 2020-01-01
                last_64   | anxiety | 2020-01-01
                now_65    | anxiety | 2020-01-01
                unknown   | anxiety | 2020-01-01
                """,
            },
            """
            [[registers]]
            id = "anxiety"
            any_of = [{ lists = ["anxiety"], age_from = 17, age_to = 64 }]
            """,
            """
            person_id | age | anxiety
            last_64   | 64  | true
            now_65    | 65  | false
            still_16  | 16  | false
            today_17  | 17  | true
            unknown   |     | true
            """,
        ),
        Section(
            "Born on 29 February, a year older on 1 March",
            {
                "person": """
                person_id | birth_on
                leap      | 2008-02-29
                """,
                "coded": """
                person_id | code    | recorded_on
                leap      | anxiety | 2020-01-01
                """,
            },
            """
            [[registers]]
            id = "anxiety"
            any_of = [{ lists = ["anxiety"], age_from = 18 }]
            """,
            """
            person_id | age | anxiety
            leap      | 17  | false
            """,
            as_at=date(2026, 2, 28),
        ),
        Section(
            "A second code may be needed too, and may need to be recent",
            {
                "coded": """
                person_id | code         | recorded_on
                both      | osteoporosis | 2015-01-01
                both      | fracture     | 2012-04-01
                old       | osteoporosis | 2015-01-01
                old       | fracture     | 2012-03-31
                one       | osteoporosis | 2015-01-01
                other     | fracture     | 2015-01-01
                """
            },
            """
            [[registers]]
            id = "osteoporosis"
            any_of = [{ lists = ["osteoporosis"], and_lists = ["fracture"], and_recorded_from = 2012-04-01 }]

            [[registers]]
            id = "osteoporosis_and_fracture"
            any_of = [{ lists = ["osteoporosis"], and_lists = ["fracture"] }]
            """,
            """
            person_id | osteoporosis | osteoporosis_and_fracture
            both      | true         | true
            old       | false        | true
            one       | false        | false
            other     | false        | false
            """,
        ),
        Section(
            "A medicine may be needed too, issued in the months before the day",
            {
                "coded": """
                person_id | code   | recorded_on
                issued    | asthma | 2010-01-01
                edge      | asthma | 2010-01-01
                future    | asthma | 2010-01-01
                undated   | asthma | 2010-01-01
                """,
                "medicine": """
                person_id | code    | issued_on
                issued    | inhaler | 2025-10-01
                edge      | inhaler | 2025-09-30
                future    | inhaler | 2026-10-01
                undated   | inhaler |
                no_code   | inhaler | 2026-09-01
                """,
            },
            """
            [[registers]]
            id = "asthma"
            any_of = [{ lists = ["asthma"], issued = ["inhaler"], issued_within_months = 12 }]

            [[registers]]
            id = "on_inhalers"
            any_of = [{ lists = [], issued = ["inhaler"], issued_within_months = 12 }]
            """,
            """
            person_id | asthma | on_inhalers
            edge      | false  | false
            future    | false  | false
            issued    | true   | true
            no_code   | false  | true
            undated   | false  | false
            """,
            says="Without lists of diagnoses the medicine alone decides.",
        ),
        Section(
            "Any criterion is enough",
            {
                "person": """
                person_id | birth_on
                child     | 2020-01-01
                adult     | 1990-01-01
                """,
                "coded": """
                person_id | code  | recorded_on
                child     | adhd  | 2025-01-01
                adult     | adhd  | 2025-01-01
                adult     | other | 2025-01-01
                """,
            },
            """
            [[registers]]
            id = "adhd"
            any_of = [{ lists = ["adhd"], age_to = 17 }, { lists = ["other"], age_from = 18 }]
            """,
            """
            person_id | adhd
            adult     | true
            child     | true
            """,
        ),
        Section(
            "Nobody on a register in `unless` is on it, whatever that register's own exceptions",
            {
                "coded": """
                person_id | code          | recorded_on
                ann       | prediabetes   | 2020-01-01
                bob       | prediabetes   | 2020-01-01
                bob       | diabetes      | 2021-01-01
                cat       | prediabetes   | 2020-01-01
                cat       | diabetes      | 2021-01-01
                cat       | misdiagnosed  | 2022-01-01
                """
            },
            """
            [[registers]]
            id = "prediabetes"
            any_of = [{ lists = ["prediabetes"] }]
            unless = ["diabetes"]

            [[registers]]
            id = "diabetes"
            any_of = [{ lists = ["diabetes"] }]
            unless = ["misdiagnosed"]

            [[registers]]
            id = "misdiagnosed"
            any_of = [{ lists = ["misdiagnosed"] }]
            """,
            """
            person_id | prediabetes | diabetes | misdiagnosed
            ann       | true        | false    | false
            bob       | false       | true     | false
            cat       | true        | false    | true
            """,
        ),
        Section(
            "A register of itself is refused",
            {},
            """
            [[registers]]
            id = "one"
            any_of = [{ lists = ["a"] }]
            unless = ["two"]

            [[registers]]
            id = "two"
            any_of = [{ lists = ["b"] }]
            unless = ["one"]
            """,
            refused="one unless two unless one",
        ),
        Section(
            "A register without a list that its rule asks for must say so in its name",
            {},
            """
            [[registers]]
            id = "asthma"
            any_of = [{ lists = ["asthma"] }]
            missing = ["asthma medicines in the last 12 months"]
            """,
            refused="asthma with 1 missing parts",
        ),
        Section(
            "Days of a diagnosis of no list are refused",
            {},
            """
            [[registers]]
            id = "on_inhalers"
            any_of = [{ lists = [], issued = ["inhaler"], issued_within_months = 12, first_within_months = 6 }]
            """,
            refused="asks when a diagnosis was made, of no list",
        ),
    ),
)
