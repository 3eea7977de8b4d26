"""Where a North American number is at home, as Twilio adds it to an inbound text. Blank where not listed."""

from core.domain.phone import area_code

PLACES = {
    "305": ("MIAMI", "FL", "33130"),
    "407": ("ORLANDO", "FL", "32801"),
    "561": ("WEST PALM BEACH", "FL", "33401"),
    "813": ("TAMPA", "FL", "33602"),
    "904": ("JACKSONVILLE", "FL", "32202"),
    "954": ("FORT LAUDERDALE", "FL", "33301"),
    "404": ("ATLANTA", "GA", "30303"),
    "704": ("CHARLOTTE", "NC", "28202"),
    "212": ("NEW YORK", "NY", "10007"),
    "617": ("BOSTON", "MA", "02108"),
    "512": ("AUSTIN", "TX", "78701"),
    "214": ("DALLAS", "TX", "75201"),
    "312": ("CHICAGO", "IL", "60602"),
    "303": ("DENVER", "CO", "80202"),
    "702": ("LAS VEGAS", "NV", "89101"),
    "310": ("SANTA MONICA", "CA", "90401"),
}


def place_params(end: str, number: str) -> dict[str, str]:
    """`FromCity`, `FromCountry`, `FromState`, `FromZip`, or the same for `To`."""
    city, state, zip_code = PLACES.get(area_code(number), ("", "", ""))
    country = "US" if number.startswith("+1") else ""
    return {f"{end}City": city, f"{end}Country": country, f"{end}State": state, f"{end}Zip": zip_code}
