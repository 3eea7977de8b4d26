"""What the widget says, in English and Spanish. Days and times are on the location's wall."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.domain.wall import clock_words

LANGUAGES = {"en": "English", "es": "Español"}
DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}
ENGLISH = {
    "title": "Book a time", "service": "What for", "show": "Show", "unsure": "Not sure?", "free": "Free",
    "where": "Where", "with": "With", "anyone": "Anyone", "today": "Today", "last": "last {n}", "first": "First free",
    "more": "{n} more", "more_of": "{n} more times on {day}", "full": "Full", "none_soon": "nothing soon",
    "later": "Later days", "earlier": "Earlier days", "called": "Rather be called?", "closed": "Closed {day}",
    "held": "Held for you, with {who}, {where}", "held_short": "held", "until": "to {time}",
    "ran_out": "No longer held. It is yours as long as it is still free.", "other": "Choose another time",
    "name": "Your name", "phone": "Mobile phone", "email": "Email", "email_for": "for the calendar entry, optional",
    "choice": "Your choice. Without them we call.", "terms": "Terms", "privacy": "Privacy",
    "book": "Book {day} {time}", "pay": "Nothing to pay now.", "change": "Free to change until {moment}.",
    "pick": "Pick a time to go on.", "minutes": "min", "fix": "Please check", "empty": "Leave this empty",
    "may_text": "May we text you?", "next_free": "The next free time is {moment}.", "see": "See it",
    "nothing": "No time is free within the days that can be booked now.",
    "taken": "This time has just been taken. Nothing is booked yet; choose another one.",
    "missing_name": "Enter your name.", "missing_phone": "Enter your mobile number, such as (512) 555-0114.",
    "first_other": "{service} comes after another visit. Book that one first, or call us.",
    "slow": "Many requests came from your connection. Wait {n} seconds, then try again. Nothing is lost.",
    "booked": "You are booked", "reference": "Reference {code}", "with_who": "with {who}",
    "by_text": "We text a confirmation, unless this phone has stopped texts. To move or cancel, reply or call us.",
    "by_call": "To move or cancel it, call us.", "by_email": "The calendar entry goes to your email.",
    "asked": "Your request is with us", "asked_words": "A person calls you to confirm the time. Nothing is booked yet.",
    "over": "This page has run out", "over_words": "What was booked stands. Questions? Call us.",
    "another": "Book another time",
    "foreign": "Open this page again", "foreign_words": "This came from a page that is not ours, so nothing was done.",
    "crowded": "Please wait a moment",
    "crowded_words": "Many people look for a time just now. Try again in {n} seconds, or call us: we book it for you.",
}  # fmt: skip
SPANISH = {
    "title": "Reserve una hora", "service": "Para qué", "show": "Ver", "unsure": "¿No está seguro?", "free": "Gratis",
    "where": "Dónde", "with": "Con", "anyone": "Cualquiera", "today": "Hoy", "last": "quedan {n}",
    "first": "Primera libre", "more": "{n} más", "more_of": "{n} horas más el {day}", "full": "Completo",
    "none_soon": "nada pronto", "later": "Días siguientes", "earlier": "Días anteriores",
    "called": "¿Prefiere que le llamemos?", "closed": "Cerrado {day}",
    "held": "Reservada para usted, con {who}, {where}", "held_short": "reservada", "until": "hasta {time}",
    "ran_out": "Ya no está reservada. Es suya mientras siga libre.", "other": "Elegir otra hora",
    "name": "Su nombre", "phone": "Teléfono móvil", "email": "Correo", "email_for": "para el calendario, opcional",
    "choice": "Usted elige. Sin ellas le llamamos.", "terms": "Condiciones", "privacy": "Privacidad",
    "book": "Reservar {day} {time}", "pay": "Nada que pagar ahora.", "change": "Cambio gratis hasta {moment}.",
    "pick": "Elija una hora para seguir.", "minutes": "min", "fix": "Por favor revise", "empty": "Deje esto vacío",
    "may_text": "¿Podemos enviarle mensajes?", "next_free": "La próxima hora libre es {moment}.", "see": "Verla",
    "nothing": "No hay horas libres en los días que se pueden reservar ahora.",
    "taken": "Esta hora acaba de ocuparse. Aún no hay nada reservado; elija otra.",
    "missing_name": "Escriba su nombre.", "missing_phone": "Escriba su móvil, por ejemplo (512) 555-0114.",
    "first_other": "{service} va después de otra visita. Reserve esa primero, o llámenos.",
    "slow": "Llegaron muchas solicitudes desde su conexión. Espere {n} segundos e intente de nuevo. No se pierde nada.",
    "booked": "Su visita está reservada", "reference": "Referencia {code}", "with_who": "con {who}",
    "by_text": "Le enviamos una confirmación, si ese teléfono acepta mensajes. Para cambiarla, responda o llámenos.",
    "by_call": "Para moverla o cancelarla, llámenos.", "by_email": "La entrada de calendario va a su correo.",
    "asked": "Tenemos su solicitud", "asked_words": "Le llamamos para confirmar la hora. Aún no hay nada reservado.",
    "over": "Esta página ya no vale", "over_words": "Lo reservado sigue en pie. ¿Preguntas? Llámenos.",
    "another": "Reservar otra hora",
    "foreign": "Abra esta página otra vez",
    "foreign_words": "Esto vino de una página que no es nuestra, así que no se hizo nada.",
    "crowded": "Espere un momento, por favor",
    "crowded_words": "Muchas personas buscan hora ahora. Intente en {n} segundos, o llámenos: se la reservamos.",
}  # fmt: skip
# What our rules refuse, for who reads Spanish: they word it in English.
SPANISH_FAULTS = {
    "phone": "Revise este número: debe ser de Estados Unidos o Canadá, como (512) 555-0114.",
    "email": "Revise este correo: debe parecerse a ana@example.com.",
    "name": "Revise el nombre.",
}
TOO_MANY = {
    "each": {
        "en": "Two times are being held from your connection already. Wait a few minutes, or call us.",
        "es": "Ya hay dos horas reservadas desde su conexión. Espere unos minutos, o llámenos.",
    },
    "day": {
        "en": "Others are choosing many times of this day just now. Choose another day, or try again in some minutes.",
        "es": "Otras personas están eligiendo horas de este día. Elija otro día, o intente en unos minutos.",
    },
}


def words_in(language: str) -> Mapping[str, str]:
    return SPANISH if language == "es" else ENGLISH


def day_name(day: date, language: str, *, short: bool = False) -> str:
    name = DAYS[language][day.weekday()]
    return name[:3] if short else name


def day_month(day: date, language: str) -> str:
    """`Nov 20`, `20 nov`."""
    month = MONTHS[language][day.month - 1]
    return f"{day.day} {month}" if language == "es" else f"{month} {day.day}"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    return clock_words(moment.astimezone(zone))


def short_day(day: date, language: str) -> str:
    """`Fri, Nov 20`."""
    return f"{day_name(day, language, short=True)}, {day_month(day, language)}"


def short_moment(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """`Fri, Nov 20, 10:30 AM`."""
    return f"{short_day(moment.astimezone(zone).date(), language)}, {clock(moment, zone)}"


def soon(moment: datetime, zone: ZoneInfo, today: date, language: str) -> str:
    """`today 4:30 PM`, `Fri 8:20 AM`, `Dec 4, 8:20 AM`."""
    day = moment.astimezone(zone).date()
    if day == today:
        return f"{words_in(language)['today'].lower()} {clock(moment, zone)}"
    if (day - today).days < 7:
        return f"{day_name(day, language, short=True)} {clock(moment, zone)}"
    return f"{day_month(day, language)}, {clock(moment, zone)}"
