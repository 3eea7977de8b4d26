"""Who is the same person: what merges by itself, what a person decides, what stays apart."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.conversation.household import Guess, Member, Spoken, guess
from core.patients.likeness import Likeness, Person, Verdict, choose, judge, likeness
from core.reference import load_reference

NAMES = load_reference(ZoneInfo("America/New_York")).given_names
PHONE, OTHER_PHONE = "+14075550117", "+14075550118"
EMAIL, OTHER_EMAIL = "sample@example.com", "other@example.com"


def named(full: str, **known: str) -> Person:
    first, _, last = full.partition(" ")
    return Person(first, last, **known)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Lucía Moreno", "LUCIA moreno", Likeness.SAME),
        ("Moreno Lucía", "Lucía Moreno", Likeness.SAME),
        ("Omar Reyes", "Omar Reyes-Diaz", Likeness.SAME),
        ("Omar J. Reyes", "Omar Reyes", Likeness.SAME),
        ("Anne-Marie Cole", "Annemarie Cole", Likeness.SAME),
        ("Bob Miller", "Robert Miller", Likeness.CLOSE),
        ("Omar", "Omar Reyes", Likeness.CLOSE),
        ("Omar Sanches", "Omar Sanchez", Likeness.CLOSE),
        ("Anna Smith", "Anna Jones", Likeness.HALF),
        ("Priyanka Rao", "Priyamka Rao", Likeness.HALF),
        ("R Sample", "Robin Sample", Likeness.VAGUE),
        ("Sam Lee", "Samantha Lee", Likeness.VAGUE),
        ("John Smith Jr", "John Smith", Likeness.VAGUE),
        ("John Smith Jr", "John Smith Sr", Likeness.APART),
        ("Robin Sample", "Casey Sample", Likeness.APART),
        ("Kayla Sample", "Kyla Sample", Likeness.APART),
        ("Paul Sample", "Paula Sample", Likeness.APART),
        ("Daniel Sample", "Daniela Sample", Likeness.APART),
        ("Christian Sample", "Christina Sample", Likeness.APART),
        ("Bob Miller", "Robert Jones", Likeness.APART),
        ("Maria de la Cruz", "Ana de la Cruz", Likeness.APART),
        ("", "Omar Reyes", Likeness.UNKNOWN),
    ],
)
def test_names_agree_as_people_write_them_and_not_further(one: str, other: str, found: Likeness) -> None:
    """A sister must not pass for a slip of the pen, a short form must."""
    assert likeness(named(one), named(other), NAMES) is found
    assert likeness(named(other), named(one), NAMES) is found


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (named("Robin Sample", phone=PHONE), named("Casey Sample", phone=PHONE), Verdict.APART),
        (named("Robin Sample", email=EMAIL), named("Casey Sample", email=EMAIL), Verdict.APART),
        (named("Omar Reyes", phone=PHONE), named("Omar Reyes", phone=PHONE), Verdict.SAME),
        (named("Omar Reyes", phone=PHONE, email=EMAIL), named("Omar Reyes", phone=OTHER_PHONE, email=EMAIL),
         Verdict.SAME),
        (named("Bob Reyes", phone=PHONE), named("Robert Reyes", phone=PHONE), Verdict.SAME),
        (named("Bob Reyes", phone=PHONE, email=EMAIL), named("Robert Reyes", phone=PHONE, email=OTHER_EMAIL),
         Verdict.POSSIBLE),
        (named("Ana Smith", phone=PHONE), named("Ana Jones", phone=PHONE), Verdict.POSSIBLE),
        (named("Ana Smith", phone=PHONE, email=EMAIL), named("Ana Jones", phone=PHONE, email=EMAIL), Verdict.SAME),
        (named("", phone=PHONE), named("Ana Jones", phone=PHONE, email=EMAIL), Verdict.SAME),
        (named("Ana Jones"), named("Ana Jones"), Verdict.POSSIBLE),
        (named("Ana Jones", born="1990-04-12"), named("Ana Jones", born="1990-04-12", phone=PHONE), Verdict.SAME),
        (named("Sam Lee", phone=PHONE), named("Samantha Lee", phone=PHONE), Verdict.POSSIBLE),
        (named("Sam Lee", phone=PHONE, born="1990-04-12"), named("Samantha Lee", phone=PHONE, born="1990-04-12"),
         Verdict.SAME),
        (named("Mia Lee", phone=PHONE, email=EMAIL, born="1990-04-12"),
         named("Zoe Lee", phone=PHONE, email=EMAIL, born="1990-04-12"), Verdict.APART),
        (named("John Lee", phone=PHONE, born="1960-01-01"), named("John Lee", phone=PHONE, born="1990-01-01"),
         Verdict.APART),
        (named("John Lee", phone=PHONE, email=EMAIL), named("John Lee", phone=PHONE, email=OTHER_EMAIL, born="1990-01-01"),  # noqa: E501
         Verdict.POSSIBLE),
    ],
)  # fmt: skip
def test_a_number_or_an_address_alone_makes_nobody_the_same(
    one: Person, other: Person, verdict: Verdict
) -> None:
    """Twins, couples, father and son stay apart; who comes back with a new number or name is known again."""
    assert judge(one, other, NAMES).verdict is verdict
    assert judge(other, one, NAMES).verdict is verdict


def test_two_who_fit_equally_well_are_left_to_a_person() -> None:
    """Father and son of one name, and a form that says nothing more: neither gets the other's request."""
    father = Person("John", "Lee", PHONE, born="1960-01-01", id="father")
    son = Person("John", "Lee", PHONE, born="1990-01-01", id="son")
    unsure = choose(Person("John", "Lee", PHONE), [father, son], NAMES)
    assert unsure.same == ""
    assert {id_ for id_, _ in unsure.possible} == {"father", "son"}
    assert choose(Person("John", "Lee", PHONE, born="1990-01-01"), [father, son], NAMES).same == "son"


def test_two_profiles_that_nothing_tells_apart_get_no_third_one_beside_them() -> None:
    """Split once by a slip, a person must not be split anew by each form."""
    older = Person("Ana", "Lee", PHONE, EMAIL, id="older")
    newer = Person("Ana", "Lee", PHONE, OTHER_EMAIL, id="newer")
    assert choose(Person("Ana", "Lee", PHONE), [older, newer], NAMES).same == "older"
    assert choose(Person("Ana", "Lee", PHONE, OTHER_EMAIL), [older, newer], NAMES).same == "newer"


NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ROBIN, CASEY = Member("robin", "Robin", waiting=True), Member("casey", "Casey", waiting=True)


@pytest.mark.parametrize(
    ("body", "whose"),
    [
        ("Casey here, can we do Friday?", "casey"),
        ("Hi, this is Casey", "casey"),
        ("Friday works. - Casey", "casey"),
        ("soy Casey, gracias", "casey"),
        ("It's Robin's wife, Casey can't come", ""),
        ("Friday works", ""),
        ("Casey wants to know the price", ""),
    ],
)
def test_a_name_says_whose_text_it_is(body: str, whose: str) -> None:
    """What is said about somebody is not said by them."""
    both = [Spoken("robin", NOW, by_person=False), Spoken("casey", NOW, by_person=False)]
    found = guess(body, [ROBIN, CASEY], both, NOW)
    assert (found.patient_id if found.sure else "") == whose


def test_an_answer_belongs_to_whom_a_colleague_wrote_last() -> None:
    """Machines write to both; a person talks with one."""
    earlier = NOW - timedelta(minutes=5)
    machine = [Spoken("casey", earlier, by_person=False), Spoken("robin", NOW, by_person=False)]
    assert guess("Yes", [CASEY, ROBIN], machine, NOW) == Guess("robin", sure=False)
    colleague = [*machine, Spoken("casey", NOW + timedelta(minutes=1), by_person=True)]
    assert guess("Yes", [ROBIN, CASEY], colleague, NOW + timedelta(minutes=2)) == Guess("casey", sure=True)
