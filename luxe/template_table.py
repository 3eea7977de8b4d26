"""`python -m luxe.template_table > docs/templates.md`: every template that ships with its size, and every variable."""

from collections.abc import Iterator, Mapping

from core.messaging.library import GROUPS, LibraryTemplate, Wording
from core.messaging.segments import Size, size_of
from core.messaging.variables import EMAIL, LANGUAGES, Variable, longest, samples, variables
from core.shipped import shipped_catalogue

INTRO = """# Templates

Made by `python -m luxe.template_table > docs/templates.md`; a test holds it true. The words themselves are in
`data/templates/`, a clinic's own in the table `versions` (kind `template`).

Sizes are what the carrier counts: segments, and characters in brackets, with usual values and with the longest ones
that are real (`data/variables.toml`). All are GSM-7. A name with a letter that GSM-7 lacks, such as an i with its
accent, turns a text into UCS-2 and up to five segments; it is printed as its owner writes it all the same.
*Neutral* is said to a patient who has not asked for texts that name what is treated, with the longest values; -
where it is not needed.
"""
SIZES = """
| template | title | class | English | longest | neutral | Spanish | longest | neutral |
|---|---|---|---|---|---|---|---|---|"""
SUBJECTS = """
| template | title | class | English subject | Spanish subject |
|---|---|---|---|---|"""
VARIABLES = """
## Variables

`users`: patient (texts and emails to patients), email (emails alone), staff (alerts), quick (quick texts).
What has none is known and never printed in a text. The fallback stands where the value is missing; - closes the hole.
`{{#if}}` takes it for missing.

| variable | what it is | class | users | sample | fallback, English | Spanish |
|---|---|---|---|---|---|---|"""


def page() -> str:
    """The whole page."""
    return "\n".join([INTRO, *_groups(), VARIABLES, *map(_variable, variables().values()), ""])


def _groups() -> Iterator[str]:
    for group, name in GROUPS.items():
        yield f"## {name}"
        yield SUBJECTS if group == "emails" else SIZES
        of_group = (one for one in shipped_catalogue().values() if one.group == group)
        yield from (_email(one) if one.channel == EMAIL else _template(one) for one in of_group)
        yield ""


def _template(one: LibraryTemplate) -> str:
    cells = [f"`{one.key}`", one.title, one.text_class]
    return _row([*cells, *(cell for language in LANGUAGES for cell in _of_language(one, language))])


def _email(one: LibraryTemplate) -> str:
    subjects = (wording.subject for language in LANGUAGES if (wording := one.full.get(language)))
    return _row(
        [f"`{one.key}`", one.title, one.text_class, *(subject.body for subject in subjects if subject)]
    )


def _of_language(one: LibraryTemplate, language: str) -> tuple[str, str, str]:
    full, safe = one.full.get(language), one.safe.get(language)
    usual, most = samples(language), longest(language)
    neutral = _size(safe, most) if safe and safe.neutral else "-"
    return _size(full, usual), _size(full, most), neutral


def _size(wording: Wording | None, values: Mapping[str, str]) -> str:
    if wording is None:
        return "-"
    size: Size = size_of(wording.template.render(values))
    return f"{size.segments} ({size.units})"


def _variable(one: Variable) -> str:
    users = ", ".join(sorted(one.users)) or "-"
    fallback = (one.fallback["en"] or "-", one.fallback["es"] or "-")
    return _row([f"`{one.name}`", one.label, one.kind, users, one.sample["en"], *fallback])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201  a page for a file
