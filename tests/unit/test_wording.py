"""Each of our texts reads well whatever is missing when it leaves."""

import re
from collections.abc import Iterator
from itertools import combinations

import pytest

from core.kinds import QUICK_TEXT
from core.messaging.quick_texts import parse_quick_text
from core.messaging.templates import Template, parse_template
from core.messaging.variables import variables
from core.shipped import shipped_catalogue

OURS = {
    **{
        f"{key}_{language}_{kind}": wording.template
        for key, one in shipped_catalogue().items()
        for kind, words in (("full", one.full), ("safe", one.safe))
        for language, wording in words.items()
    },
    **{f"quick_{key}": parse_quick_text(key, 1, body).template for key, body in QUICK_TEXT.shipped().items()},
}
ALWAYS = {
    "clinicName": "Luxe Medical Spa",
    "clinicShortName": "Luxe",
    "clinicPhone": "(512) 555-0100",
    "locationName": "Downtown",
    "address": "1 Main Street",
    "leadRef": "A-1001",
    "leadUrl": "https://console.luxe.example.com/lead?lead=A-1001",
    "consoleUrl": "https://console.luxe.example.com",
    "digestSpan": "Yesterday",
    "leadCount": "12",
    "bookedCount": "4",
    "waitingCount": "3",
    "dueTime": "Wed 10:00 AM",
    "taskTitle": "Second call",
    "staffName": "our team",
    "nextOpening": "Wednesday at 10:00 AM",
    "openToday": "8 AM to 8 PM",
}
MAYBE = {
    "firstName": "Ava",
    "callBy": "by 3:05 PM",
    "onTime": "9 of 12",
    "failedCount": "2",
    "onCallPhone": "(512) 555-0111",
}
AWKWARD = re.compile(
    r"  | [,.;:!?](?!\d)|,[,.;:!?]|\A\W|^there\b|[.!?] there\b|, there\b|Hi[,.!]|[{}]|\s\Z", re.MULTILINE
)
KNOWN = frozenset({"firstName", "callBy", "clinicName"})


def missing_some() -> Iterator[dict[str, str]]:
    names = sorted(MAYBE)
    for count in range(len(names) + 1):
        for left_out in combinations(names, count):
            yield ALWAYS | {name: "" if name in left_out else MAYBE[name] for name in names}


@pytest.mark.parametrize("key", OURS)
def test_a_text_reads_well_whatever_is_missing(key: str) -> None:
    """No hole, no comma in the air, and 'Hi there' rather than 'there, shall we'."""
    for values in missing_some():
        for given in (values, {name: value for name, value in values.items() if value}):
            text = OURS[key].render(given)
            assert not AWKWARD.search(text), text


def wording(body: str) -> Template:
    return parse_template("t", 1, "x", body, KNOWN)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Hi {{firstName}}, it's us.", "Hi there, it's us."),
        ("{{firstName}}, shall we call?", "Hi there, shall we call?"),
        ("It's us. {{firstName}}, shall we call?", "It's us. Hi there, shall we call?"),
        ("You can skip the wait, {{firstName}}: reply BOOK.", "You can skip the wait: reply BOOK."),
        ("Thank you, {{firstName}}! Bye.", "Thank you! Bye."),
        ("Well, {{firstName}}, call us.", "Well, call us."),
        ("See you, {{firstName}}", "See you"),
        ("For {{firstName}} only", "For there only"),
        ("{{#if firstName}}Dear {{firstName}}{{else}}Hello{{/if}}, it's us.", "Hello, it's us."),
        ("We call {{callBy}}.", "We call."),
        ("We call, {{callBy}}. Or write.", "We call. Or write."),
        ("We call, {{callBy}}\nor write, {{callBy}}", "We call\nor write"),
        ("We call, {{callBy}}, or write.", "We call, or write."),
        ("We call {{callBy}} or write.", "We call or write."),
        ("We call {{callBy}} {{clinicName}}, or write.", "We call, or write."),
        ("{{clinicName}} calls.\n{{callBy}} it is", "calls.\nit is"),
    ],
)
def test_a_hole_is_closed_by_the_words_around_it(body: str, text: str) -> None:
    """Who writes a template need not think of every empty value."""
    assert wording(body).render({"firstName": "prize.example"}) == text


def test_no_way_to_a_text_goes_around_the_check_of_a_name() -> None:
    """Whoever renders gets the name cleaned, or none."""
    assert wording("Hi {{firstName}}!").render({"firstName": "ROBIN"}) == "Hi Robin!"
    assert wording("Hi {{firstName}}!").render({"firstName": "Win at prize.example/x7"}) == "Hi there!"
    assert wording("By {{callBy}}\u200d!").render({"callBy": "3\u202e PM\x07"}) == "By 3 PM\u200d!"


@pytest.mark.parametrize("key", [key for key, one in OURS.items() if one.purpose != "staff_alert"])
def test_a_patients_text_carries_no_words_of_a_form_but_the_name(key: str) -> None:
    """Whoever fills in a form may give a stranger's number: no text may become their letter."""
    from_forms = {name for name, one in variables().items() if one.kind == "identifying"}
    assert OURS[key].names & from_forms <= {"firstName"}
