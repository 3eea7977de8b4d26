"""What a member of staff may be: each refusal names its field and the way out. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from core.domain.errors import FieldError
from core.domain.roles import ALLOWED, ROLE_NAMES, Permission, Role

USERNAME_LENGTH = range(3, 41)
LONGEST_NAME, LONGEST_TITLE = 80, 40
SENIORITY, CAPACITY, WEIGHT = range(1, 6), range(1, 101), range(1, 11)
LONGEST_ABOUT = 200
GENDERS = {"": "Not said", "female": "Woman", "male": "Man"}
LANGUAGES = {"en": "English", "es": "Spanish"}
CHANNELS = {"sms": "SMS", "email": "Email", "push": "Push", "chat": "Chat tool"}  # ways of alert_rules
# What rules and levels know by name; a clinic may use others.
TITLES = ("coordinator", "team_lead", "manager", "nurse_injector", "aesthetician", "medical_director")
Check = tuple[bool, FieldError]


@dataclass(frozen=True)
class Profile:
    """What an administrator decides about a person, as the staff table keeps it; `phone` and `email` '' for none."""

    name: str
    role: str
    title: str = ""
    phone: str = ""
    email: str = ""
    location: str = ""
    skills: Sequence[str] = ()
    languages: Sequence[str] = ("en",)
    seniority: int = 1
    accepts_leads: bool = False
    capacity: int = 8
    weight: int = 1
    alert_channels: Sequence[str] = ("sms",)
    urgent_channels: Sequence[str] = ()
    urgent_only: bool = False
    quiet_hours: Sequence[str] = ()


def errors(profile: Profile, *, groups: Collection[str], locations: Collection[str]) -> list[FieldError]:
    """What is wrong with it, by field."""
    return failed(
        [
            (bool(profile.name.strip()), FieldError("name", "Give the full name.")),
            (len(profile.name) <= LONGEST_NAME, _at_most("name", LONGEST_NAME)),
            (profile.role in ROLE_NAMES, FieldError("role", f"Choose one of {', '.join(Role)}.")),
            (len(profile.title) <= LONGEST_TITLE, _at_most("title", LONGEST_TITLE)),
            (
                not profile.location or profile.location in locations,
                FieldError(
                    "location",
                    f"There is no location '{profile.location}'. Choose one of {_named(locations)}.",
                ),
            ),
            _known("skills", profile.skills, groups),
            _known("languages", profile.languages, LANGUAGES),
            (bool(profile.languages), FieldError("languages", "Choose at least one language.")),
            _known("alert_channels", profile.alert_channels, CHANNELS),
            _known("urgent_channels", profile.urgent_channels, CHANNELS),
            (
                not profile.accepts_leads or profile.role not in ROLE_NAMES or sees_leads(profile.role),
                FieldError("accepts_leads", "This role can't see leads. Untick it, or choose another role."),
            ),
            _within("seniority", profile.seniority, SENIORITY, "1 is new, 5 the most senior."),
            _within(
                "capacity",
                profile.capacity,
                CAPACITY,
                "So many leads in hand at once. To stop new leads, untick 'Takes leads'.",
            ),
            _within(
                "weight",
                profile.weight,
                WEIGHT,
                "Their share where a rule weighs: 2 gets twice as many as 1.",
            ),
        ]
    )


@dataclass(frozen=True)
class Introduction:
    """What patients may choose a provider by; '' is not offered."""

    gender: str = ""
    about: str = ""


def introduction_errors(found: Introduction, *, gives: bool) -> list[FieldError]:
    """What is wrong with it, by field. `gives`: whether they give treatments."""
    said = bool(found.gender or found.about)
    return failed(
        [
            (
                gives or not said,
                FieldError("about", "Patients choose among providers only. Give them that role first."),
            ),
            (
                found.gender in GENDERS,
                FieldError("gender", f"Choose one of {', '.join(GENDERS.values())}."),
            ),
            (len(found.about) <= LONGEST_ABOUT, _at_most("about", LONGEST_ABOUT)),
        ]
    )


def sees_leads(role: str) -> bool:
    """Whether somebody of this role can look at a lead that is theirs."""
    return role in ALLOWED[Permission.SEE_LEADS]


def username_errors(username: str) -> list[FieldError]:
    """What is wrong with what somebody signs in with."""
    plain = username.replace("-", "").replace(".", "").replace("_", "")
    fits = len(username) in USERNAME_LENGTH and plain.isalnum() and plain.isascii() and plain == plain.lower()
    return failed(
        [(fits, FieldError("username", "Use 3 to 40 small letters and digits, with . - or _ between."))]
    )


def failed(checks: Iterable[Check]) -> list[FieldError]:
    """The first fault of each field."""
    found: dict[str, FieldError] = {}
    for holds, error in checks:
        if not holds:
            found.setdefault(error.field, error)
    return list(found.values())


def _known(field: str, chosen: Sequence[str], known: Collection[str]) -> Check:
    unknown = sorted(set(chosen) - set(known))
    return not unknown, FieldError(field, f"Unknown: {', '.join(unknown)}. Choose among {_named(known)}.")


def _within(field: str, number: int, allowed: range, words: str) -> Check:
    return number in allowed, FieldError(field, f"Give {allowed.start} to {allowed.stop - 1}. {words}")


def _at_most(field: str, longest: int) -> FieldError:
    return FieldError(field, f"At most {longest} characters.")


def _named(known: Iterable[str]) -> str:
    return ", ".join(sorted(known))
