"""Who gets which variant: the same one for ever, as many as planned, and nobody can tell beforehand."""

from collections import Counter
from uuid import UUID

import pytest

from core.domain.errors import InvalidInput
from core.experiments.rules.assigning import assign
from core.experiments.statistics import srm

SECRET = b"a key of the clinic's own"
HALVES = {"A": 50, "B": 50}
PATIENTS = [str(UUID(int=(0x019A_3F00_0000_7000 << 64) + n)) for n in range(20_000)]


def test_a_patient_keeps_the_variant_whatever_is_asked_in_between_and_wherever() -> None:
    """It is worked out, so another process and a repeated form give the same; these two are fixed for ever."""
    first = [assign(SECRET, "one", patient, HALVES) for patient in PATIENTS]
    assert [assign(SECRET, "one", patient, HALVES) for patient in reversed(PATIENTS)] == first[::-1]
    assert [assign(SECRET, "one", f"patient-{n}", HALVES) for n in range(12)] == list("AAABBAAABAAB")


@pytest.mark.parametrize("shares", [HALVES, {"A": 90, "B": 10}, {"A": 34, "B": 33, "C": 32, "D": 1}])
def test_each_variant_gets_its_share(shares: dict[str, int]) -> None:
    """Also of patients whose ids were made one after the other, as here."""
    got = Counter(assign(SECRET, "one", patient, shares) for patient in PATIENTS)
    split = srm([got[key] for key in shares], [percent / 100 for percent in shares.values()])
    assert split.p > 0.01


def test_two_experiments_and_two_keys_have_nothing_to_do_with_one_another() -> None:
    """Who got B in the last one is as likely as anybody to get it in the next."""
    here = [assign(SECRET, "one", patient, HALVES) for patient in PATIENTS]
    for secret, experiment in ((SECRET, "two"), (b"another key", "one")):
        there = [assign(secret, experiment, patient, HALVES) for patient in PATIENTS]
        pairs = Counter(zip(here, there, strict=True))
        assert srm([pairs[a, b] for a in "AB" for b in "AB"], [0.25] * 4).p > 0.01


def test_where_one_id_ends_and_the_other_begins_is_no_matter_of_chance() -> None:
    """'1' + '23' and '12' + '3' are two patients of two experiments."""
    ends = {assign(SECRET, f"1{'2' * n}", f"{'2' * (60 - n)}3", HALVES) for n in range(60)}
    assert ends == {"A", "B"}


@pytest.mark.parametrize("shares", [{}, {"A": 100, "B": 0}, {"A": 50, "B": 40}, {"A": 150, "B": -50}])
def test_shares_that_leave_somebody_without_a_variant_are_refused(shares: dict[str, int]) -> None:
    with pytest.raises(InvalidInput) as refused:
        assign(SECRET, "one", "patient", shares)
    assert refused.value.errors[0].field == "shares"


def test_without_a_key_nothing_is_assigned() -> None:
    with pytest.raises(InvalidInput) as refused:
        assign(b"", "one", "patient", HALVES)
    assert refused.value.errors[0].field == "secret"
