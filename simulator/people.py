"""Made-up people for made-up forms. Numbers are 555-01xx, which no carrier hands out."""

from dataclasses import dataclass

FIRST = (
    "Hannah", "Peter", "Nadia", "Luis", "Grace", "Omar", "Priya", "Daniel", "Elena", "Marcus",
    "Sofia", "Ben", "Ingrid", "Theo", "Amara", "Victor", "Ruth", "Kenji", "Paula", "Wesley",
    "Leila", "Andre", "Carmen", "Noah", "Yasmin", "Felix", "Dora", "Ivan", "Mei",
)  # fmt: skip
LAST = (
    "Whitlock", "Lindholm", "Haddad", "Moreno", "Okafor", "Reyes", "Sharma", "Castell", "Novak",
    "Bell", "Amato", "Fischer", "Dahl", "Petrakis", "Osei", "Marsh", "Calloway", "Tanaka",
    "Ferreira", "Boone", "Rahimi", "Laurent", "Vega",
)  # fmt: skip
AREAS = (
    "407", "305", "561", "813", "904", "954", "404", "704", "212", "617", "321", "352", "386", "727", "754",
    "772", "786", "850", "863", "941", "347", "718", "919", "203",
)  # fmt: skip
EVERYONE = len(AREAS) * 100


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def email(self) -> str:
        return f"{self.first_name}.{self.last_name or 'x'}.{self.phone[-10:]}@example.com".lower().replace(
            " ", ""
        )


def make_person(number: int) -> Person:
    """The person with that number; the first 2,400 have a phone of their own, then they come round again."""
    number %= EVERYONE
    line, area = divmod(number, len(AREAS))
    phone = f"+1{AREAS[area]}5550{100 + line}"
    return Person(FIRST[number % len(FIRST)], LAST[number % len(LAST)], phone)


def named_person(name: str, phone: str) -> Person:
    """Someone whose phone is on the page already."""
    first, _, last = name.strip().partition(" ")
    return Person(first or "Sam", last, phone)
