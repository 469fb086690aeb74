"""The national group and the risk of admission."""

from datetime import date

from spec_kit import Chapter, Section

from doorstep.planning.definitions import PlaceScore

GROUP = """
[[registers]]
id = "diabetes"
any_of = [{ lists = ["diabetes"] }]

[[registers]]
id = "dementia"
any_of = [{ lists = ["dementia"] }]

[[registers]]
id = "obesity"
any_of = [{ lists = ["obesity"] }]

[[tallies]]
id = "ltc_count"
registers = ["diabetes", "dementia"]

[[tallies]]
id = "ltc_count_all"
registers = ["diabetes", "dementia", "obesity"]

[[diagnosis_scores]]
id = "hfrs"
items = "diagnosis_scores"
variant = "hfrs"
months = 24
bands = [{ name = "low", starts_at = 0 }, { name = "intermediate", starts_at = 5 }, { name = "high", starts_at = 15 }]

[[groups]]
id = "national"
age_from = 18
count = "ltc_count"
other_counts = ["ltc_count_all"]
conditions_enough = 2
conditions_with_risk = 1
risk_bands = ["intermediate", "high"]
"""
OWN_SCORE = PlaceScore(
    id="own", version=1, title="Own", purpose="p", owner="o", source="s", status="verified", review_by=date(2030, 1, 1),
    scored_on=date(2026, 9, 1), cohort_name="scores", intermediate_from=20, high_from=50,
)  # fmt: skip

CHAPTER = Chapter(
    "national-group",
    "The national group and risk",
    """The national group is adults alive and registered with the Place who have enough long-term conditions, or
fewer and a risk of admission. The risk is the Place's own score where it has one, else the hospital frailty score.""",
    (
        Section(
            "Two conditions, or one with a risk",
            {
                "coded": """
                person_id  | code     | recorded_on
                two        | diabetes | 2020-01-01
                two        | dementia | 2020-01-01
                one        | diabetes | 2020-01-01
                one_frail  | diabetes | 2020-01-01
                one_low    | diabetes | 2020-01-01
                """,
                "spell": """
                person_id  | admitted_on | diagnoses
                one_frail  | 2026-01-01  | [F00]
                none_frail | 2026-01-01  | [F00]
                one_low    | 2026-01-01  | [I69]
                """,
            },
            GROUP,
            """
            person_id  | risk_score | risk_band    | in_national_group | why
            none_frail | 7.1        | intermediate | false             | no long-term condition found
            one        |            |              | false             | 1 long-term condition, risk not known
            one_frail  | 7.1        | intermediate | true              | 1 long-term condition and intermediate risk
            one_low    | 3.7        | low          | false             | 1 long-term condition, low risk
            two        |            |              | true              | 2 long-term conditions
            """,
        ),
        Section(
            "Adults alive and registered here; an age not known is an adult's",
            {
                "person": """
                person_id | birth_on   | died_on    | practice  | registered_to
                now_18    | 2008-09-30 |            | HERE      |
                child     | 2008-10-01 |            | HERE      |
                unknown   |            |            | HERE      |
                dies      | 1950-01-01 | 2026-09-30 | HERE      |
                dead      | 1950-01-01 | 2026-09-29 | HERE      |
                away      | 1950-01-01 |            | ELSEWHERE |
                last_day  | 1950-01-01 |            | HERE      | 2026-09-30
                left      | 1950-01-01 |            | HERE      | 2026-09-29
                """,
                "coded": "\n".join(
                    ["person_id | code | recorded_on"]
                    + [
                        f"{name} | {code} | 2020-01-01"
                        for name in ("now_18", "child", "unknown", "dies", "dead", "away", "last_day", "left")
                        for code in ("diabetes", "dementia")
                    ]
                ),
            },
            GROUP,
            """
            person_id | is_alive | is_registered | in_national_group | why
            away      | true     | false         | false             | not registered with a practice of the Place
            child     | true     | true          | false             | under age
            dead      | false    | true          | false             | has died
            dies      | true     | true          | true              | 2 long-term conditions
            last_day  | true     | true          | true              | 2 long-term conditions
            left      | true     | false         | false             | not registered with a practice of the Place
            now_18    | true     | true          | true              | 2 long-term conditions
            unknown   | true     | true          | true              | 2 long-term conditions
            """,
        ),
        Section(
            "The group by other counts stands beside it",
            {
                "coded": """
                person_id | code     | recorded_on
                obese     | diabetes | 2020-01-01
                obese     | obesity  | 2020-01-01
                """
            },
            GROUP,
            """
            person_id | ltc_count | ltc_count_all | in_national_group | in_national_group_by_ltc_count_all
            obese     | 1         | 2             | false             | true
            """,
        ),
        Section(
            "Where nobody has a coded entry the risk alone decides",
            {
                "spell": """
                person_id | admitted_on | diagnoses
                frail     | 2026-01-01  | [F00]
                low       | 2026-01-01  | [I69]
                """
            },
            GROUP,
            """
            person_id | in_national_group | why
            frail     | true              | intermediate risk (no coded entries are held)
            low       | false             | no long-term condition found
            """,
        ),
        Section(
            "The Place's own score takes the frailty score's place",
            {
                "cohort": """
                person_id | cohort_name | identified_on | risk_score | received_on | row_no
                rising    | scores      | 2026-08-01    | 19.5       | 2026-08-02  | 1
                rising    | scores      | 2026-09-01    | 20         | 2026-09-02  | 2
                falling   | scores      | 2026-08-01    | 50         | 2026-08-02  | 3
                falling   | scores      | 2026-09-01    | 12         | 2026-09-02  | 4
                resent    | scores      | 2026-09-01    | 12         | 2026-09-02  | 5
                resent    | scores      | 2026-09-01    | 50         | 2026-09-03  | 1
                future    | scores      | 2026-09-01    | 12         | 2026-09-02  | 7
                future    | scores      | 2026-10-01    | 99         | 2026-10-02  | 8
                other     | local       | 2026-09-01    | 99         | 2026-09-02  | 9
                unscored  | scores      | 2026-09-01    |            | 2026-09-02  | 10
                """,
                "spell": """
                person_id | admitted_on | diagnoses
                other     | 2026-01-01  | [F00]
                """,
            },
            GROUP,
            """
            person_id | risk_score | risk_band
            falling   | 12         | low
            future    | 12         | low
            other     |            |
            resent    | 50         | high
            rising    | 20         | intermediate
            unscored  |            |
            """,
            says="The newest score by the day it was made, then by the day it arrived. Bands begin at 20 and 50.",
            place_score=OWN_SCORE,
        ),
        Section(
            "Without a group on the shelf nobody is in it",
            {
                "person": """
                person_id | birth_on
                ann       | 1950-01-01
                """
            },
            "",
            """
            person_id | risk_score | risk_band | in_national_group | why
            ann       |            |           | false             |
            """,
        ),
    ),
)
