"""Rules, and what is not known."""

from spec_kit import Chapter, Section

PEOPLE = {
    "person": """
    person_id | birth_on   | sex
    old       | 1950-01-01 | 2
    young     | 1990-01-01 | 1
    unknown   |            |
    """
}


def rules(*texts: str) -> str:
    """Return one flag a rule, numbered."""
    return "\n".join(f"[[flags]]\nid = 'rule_{n}'\nrule = \"{text}\"\n" for n, text in enumerate(texts, 1))


CHAPTER = Chapter(
    "rules",
    "Rules and what is not known",
    """A rule is true, false, or not known for a person; who is not known to fit is not found. `old` is 76, `young`
is 36, the age and sex of `unknown` are not known.""",
    (
        Section(
            "A comparison with what is not known is not known, and so is its contrary",
            PEOPLE,
            rules("age >= 65", "not (age >= 65)", "age < 65", "age <> 36", "not age = 36"),
            """
            person_id | rule_1 | rule_2 | rule_3 | rule_4 | rule_5
            old       | true   | false  | false  | true   | true
            unknown   | false  | false  | false  | false  | false
            young     | false  | true   | true   | false  | false
            """,
        ),
        Section(
            "Ask for what is not known with `is null` or `coalesce`",
            PEOPLE,
            rules(
                "age >= 65 or age is null", "coalesce(age, 0) < 65", "age is not null", "sex is null and age is null"
            ),
            """
            person_id | rule_1 | rule_2 | rule_3 | rule_4
            old       | true   | false  | true   | false
            unknown   | true   | true   | false  | true
            young     | false  | true   | true   | false
            """,
        ),
        Section(
            "`and` is false where one side is, `or` is true where one side is, whatever the other",
            PEOPLE,
            rules(
                "not (age > 65 and false)",
                "age > 65 or true",
                "not (age > 65 and true)",
                "not (age > 65 or false)",
                "age > 65 and sex = '2' or age < 40 and sex = '1'",
            ),
            """
            person_id | rule_1 | rule_2 | rule_3 | rule_4 | rule_5
            old       | true   | true   | false  | false  | true
            unknown   | true   | true   | false  | false  | false
            young     | true   | true   | true   | true   | true
            """,
        ),
        Section(
            "`in` and `between`",
            PEOPLE,
            rules(
                "sex in ('1', '9')",
                "not sex in ('1', '9')",
                "age in (36, null)",
                "age not in (36, null)",
                "age between 36 and 76",
                "not age between 36 and 75",
                "age between null and 40",
                "not age between null and 40",
            ),
            """
            person_id | rule_1 | rule_2 | rule_3 | rule_4 | rule_5 | rule_6 | rule_7 | rule_8
            old       | false  | true   | false  | false  | true   | true   | false  | true
            unknown   | false  | false  | false  | false  | false  | false  | false  | false
            young     | true   | false  | true   | false  | true   | false  | false  | false
            """,
            says="""Both ends of `between` are included. Somebody of 76 is not between anything and 40, whatever the
other end; whether 76 is among 36 and a number not known is not known.""",
        ),
        Section(
            "Sums, signs, brackets and decimals",
            PEOPLE,
            rules(
                "age + 1 = 77",
                "-age < -40",
                "age - (40 - 4) = 0",
                "age - 40 - 4 = 32",
                "age > 75.5",
                "age + 0.1 + 0.2 = 76.3",
                "(age is null) = true",
            ),
            """
            person_id | rule_1 | rule_2 | rule_3 | rule_4 | rule_5 | rule_6 | rule_7
            old       | true   | true   | false  | true   | true   | true   | false
            unknown   | false  | false  | false  | false  | false  | false  | true
            young     | false  | false  | true   | false  | false  | false  | false
            """,
            says="Whole numbers and decimals add up exactly.",
        ),
        Section(
            "Yes/no columns stand alone or are compared",
            PEOPLE,
            rules("is_alive", "not is_alive", "is_alive = true", "is_alive <> is_registered", "(age > 65) is true")
            + rules("(age > 65) is not true").replace("rule_1", "rule_6"),
            """
            person_id | rule_1 | rule_2 | rule_3 | rule_4 | rule_5 | rule_6
            old       | true   | false  | true   | false  | true   | false
            unknown   | true   | false  | true   | false  | false  | true
            young     | true   | false  | true   | false  | false  | true
            """,
            says="`is true` is false, not unknown, where the sentence is not known.",
        ),
        Section(
            "Ends of `between` in either order are refused, because not every engine has them",
            {},
            rules("age between symmetric 76 and 36"),
            refused="between symmetric is not allowed",
        ),
    ),
)
