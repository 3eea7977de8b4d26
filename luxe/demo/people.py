"""Made-up patients. Nobody here can be reached: numbers are 555-01xx, addresses are at example.com."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from core.domain.phone import may_be_texted
from core.patients.rules import AreaCodes

LINES = 100  # 555-0100 to 555-0199 are set aside for made-up people in every area code
NEAR_BY = ("512", "737", "210", "254", "830", "979", "361", "713", "281", "832", "214", "972", "469", "817")
# Left to forms that arrive while one watches, and to the simulator's own people.
SET_ASIDE = frozenset(
    {
        "407", "305", "561", "813", "904", "954", "404", "704", "212", "617", "321", "352", "386", "727", "754",
        "772", "786", "850", "863", "941", "347", "718", "919", "203",
    }
)  # fmt: skip
FIRST = (
    "Hannah", "Marcus", "Sofia", "Grace", "Olivia", "Tyler", "Renee", "Peter", "Camille", "Diane", "Kevin", "Nadia",
    "Omar", "Wendy", "Paul", "Ivy", "Martin", "Leah", "Rosa", "Ben", "Daniel", "Priscilla", "Yolanda", "Gloria",
    "Teresa", "Monique", "Brianna", "Chloe", "Zoe", "Naomi", "Ruth", "Esther", "Claire", "Fiona", "Bridget",
    "Alicia", "Valeria", "Ximena", "Lucia", "Camila", "Beatriz", "Ines", "Pilar", "Andrea", "Carolina", "Mariana",
    "Amara", "Adaeze", "Ngozi", "Imani", "Keisha", "Latoya", "Tamika", "Jasmine", "Simone", "Danielle", "Mei",
    "Hana", "Yuki", "Sakura", "Jia", "Lan", "Thuy", "Linh", "Anjali", "Deepa", "Kavita", "Meera", "Sunita", "Leila",
    "Yasmin", "Farah", "Samira", "Zainab", "Noor", "Ingrid", "Astrid", "Freya", "Katja", "Milena", "Irina", "Olga",
    "Heather", "Megan", "Lauren", "Kelsey", "Paige", "Brooke", "Vanessa", "Stephanie", "Michelle", "Angela",
    "Theo", "Felix", "Victor", "Andre", "Luis", "Mateo", "Diego", "Rafael", "Kenji", "Hiroshi", "Wei", "Arjun",
    "Rohan", "Vikram", "Tariq", "Hassan", "Kwame", "Malik", "Darius", "Wesley", "Grant", "Spencer", "Nolan",
)  # fmt: skip
LAST = (
    "Whitlock", "Bell", "Ramirez", "Kim", "Brandt", "Nguyen", "Dawson", "Lindholm", "Foster", "Alvarez", "Osborne",
    "Haddad", "Reyes", "Tran", "Carver", "Chen", "Doyle", "Simmons", "Delgado", "Castillo", "Moreno", "Okafor",
    "Sharma", "Novak", "Amato", "Fischer", "Dahl", "Petrakis", "Osei", "Marsh", "Calloway", "Tanaka",
    "Ferreira", "Boone", "Rahimi", "Laurent", "Vega", "Abbott", "Ackerman", "Barlow", "Beckett", "Blackwood",
    "Bianchi", "Cardenas", "Cavanaugh", "Chaudhry", "Cortez", "Crowley", "Dalton", "Desai", "Dimitrov", "Donovan",
    "Eriksen", "Esposito", "Fairchild", "Fontaine", "Gallagher", "Garrison", "Gutierrez", "Hale", "Hargrove",
    "Hashimoto", "Hendricks", "Holm", "Ibarra", "Iyer", "Jansen", "Jimenez", "Kaminski", "Keller", "Kowalski",
    "Langley", "Larkin", "Lockwood", "Maddox", "Mahoney", "Marchetti", "Mbeki", "McAllister", "Mendoza", "Mercer",
    "Montgomery", "Nakamura", "Navarro", "Oduya", "Orozco", "Pacheco", "Pemberton", "Pham", "Prescott", "Quintana",
    "Radcliffe", "Redmond", "Rivas", "Rosenthal", "Rossi", "Sandoval", "Santoro", "Schaefer", "Sheridan", "Sokolov",
    "Stanton", "Sullivan", "Takahashi", "Thornton", "Underwood", "Valdez", "Vandermeer", "Villanueva", "Wakefield",
    "Weiss", "Wexler", "Winslow", "Yamamoto", "Yilmaz", "Zamora", "Zielinski",
)  # fmt: skip
ZIPS = {"downtown": ("78701", "78704", "78702", "78645"), "westlake": ("78501", "78412", "78332")}


@dataclass(frozen=True)
class Person:
    """`phone` is E.164, or '' for those beyond the last made-up number."""

    first_name: str
    last_name: str
    phone: str
    email: str
    born: date | None
    zip: str
    vip: bool


@cache
def _dialling_order(area_codes: tuple[str, ...]) -> tuple[str, ...]:
    near = [code for code in NEAR_BY if code in area_codes]
    return (*near, *[code for code in area_codes if code not in NEAR_BY])


def usable_area_codes(area_codes: AreaCodes) -> tuple[str, ...]:
    """US area codes to which texts go, without those set aside; the clinic's neighbours first."""
    valid = [
        code
        for code, (state, _) in area_codes.items()
        if state and code not in SET_ASIDE and may_be_texted(f"+1{code}5550100")
    ]
    return _dialling_order(tuple(sorted(valid)))


@cache
def _how_many_near(codes: tuple[str, ...]) -> int:
    return len([code for code in codes if code in NEAR_BY])


def phone_of(number: int, codes: tuple[str, ...]) -> str:
    """The phone of person `number`: near by first, never the same twice, '' when all are given out."""
    # The clinic's line, and the colleagues', are in the first area code.
    nearby = _how_many_near(codes)
    if number < nearby * (LINES - 60):
        line, area = divmod(number, nearby)
        return f"+1{codes[area]}5550{100 + 60 + line}"
    area, line = divmod(number - nearby * (LINES - 60), LINES)
    return f"+1{codes[nearby + area]}5550{100 + line}" if nearby + area < len(codes) else ""


def make_person(number: int, codes: tuple[str, ...], location: str, dice: Random, today: date) -> Person:
    """Person `number` of a demo; every choice but the phone comes from `dice`."""
    first, last = dice.choice(FIRST), dice.choice(LAST)
    phone = phone_of(number, codes)
    email = f"{first}.{last}{number}@example.com".lower() if dice.random() < 0.86 or not phone else ""
    born = today - timedelta(days=int(dice.triangular(19, 74, 38) * 365.25)) if dice.random() < 0.35 else None
    zip_code = dice.choice(ZIPS[location]) if dice.random() < 0.6 else ""
    return Person(first, last, phone, email, born, zip_code, vip=dice.random() < 0.03)
