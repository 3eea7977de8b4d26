"""Templates of texts and emails: what bars one from being published, and where one is used."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core import library, plans
from core.domain.reading import Problem
from core.domain.roles import Permission
from core.experiments import store as experiments
from core.experiments.rules.fixed import Running
from core.kinds.trials import under_way
from core.messaging.library import BODY, NEUTRAL, SUBJECT
from core.messaging.rules.lint.findings import ERROR
from core.messaging.rules.lint.linting import Clinic, lint, words_of
from core.messaging.variables import EMAIL, LANGUAGES
from core.reference_checks import SENT_BY_NAME
from core.setup.published import clinic_body
from core.shipped import shipped_templates
from core.versions.rules import Body, Kind


def checked_for(clinic: Mapping[str, Any]) -> Clinic:
    """What the checks of templates know of the clinic, from the body that is in use."""
    return Clinic(str(clinic["language"]), (str(clinic["name"]), str(clinic["short_name"])))


def template_errors(body: Body, clinic: Clinic) -> list[Problem]:
    """What bars these words from being sent by this clinic."""
    return [
        Problem(found.field, found.message, found.line, found.column)
        for found in lint(body, clinic)
        if found.level == ERROR
    ]


def _template_shown(body: Body) -> dict[str, str]:
    shown = {"Title": "title", "Group": "group", "Class": "class", "Purpose": "purpose"}
    written = {label: str(body.get(name) or "") for label, name in shown.items()}
    for language, name in LANGUAGES.items():
        if body.get("channel") == EMAIL:
            written[f"{name}, subject"] = words_of(body, language, SUBJECT)
        written[name] = words_of(body, language, BODY)
        written[f"{name}, neutral"] = words_of(body, language, NEUTRAL)
    return written


def _template_used(session: Session, key: str) -> list[str]:
    """Where a template is used by its key, in words."""
    product = ["the product sends it by this name"] if key in SENT_BY_NAME else []
    steps = [
        f"step {step.name} of the sequence '{plan.title}' sends it"
        for plan in plans.published(session).values()
        for step in plan.planned()
        if step.template == key
    ]
    trials = [
        f"the experiment '{one.fixed.title}' is under way with it" for one in _trials_with(session, key)
    ]
    return [*product, *steps, *trials]


def _trials_with(session: Session, template: str) -> list[Running]:
    return [one for one in experiments.running(session) if template in one.fixed.templates]


def _template_sound(session: Session, key: str, body: Body) -> list[Problem]:
    """The words themselves, for this clinic; and none that are tried out change meanwhile: nobody could say then what
    was compared."""
    errors = template_errors(body, checked_for(clinic_body(session)))
    return errors or [Problem("draft", under_way(one)) for one in _trials_with(session, key)]


TEMPLATE = Kind(
    name=library.KIND,
    noun="template",
    sees=Permission.SEE_TEMPLATES,
    permission=Permission.EDIT_TEMPLATES,
    parse=lambda _body: [],  # what bars one depends on what the clinic is called: in `sound`
    shipped=shipped_templates,
    shown=_template_shown,
    used=_template_used,
    sound=_template_sound,
)
