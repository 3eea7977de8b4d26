"""What an email needs that a text does not: a subject that fits, and in marketing the way out and the address. Pure."""

from collections.abc import Iterable, Iterator

from core.messaging.library import LONGEST_SUBJECT
from core.messaging.rules.lint.findings import ERROR, Edit, Finding, Fix
from core.messaging.rules.lint.wording import Wording

WAY_OUT, ADDRESS = "unsubscribeUrl", "clinicAddress"
OUT_LINE = {
    "en": "No more emails like this: {{unsubscribeUrl}}",
    "es": "Para no recibir m\u00e1s correos como este: {{unsubscribeUrl}}",
}
ADDRESS_LINE = {
    "en": "{{clinicName}}, {{clinicAddress}}",
    "es": "{{clinicName}}, {{clinicAddress}}",
}


def subject_findings(wording: Wording, filled: Iterable[str]) -> Iterator[Finding]:
    """`filled`: the subject with its values, the usual ones and the longest."""
    most = max(map(len, filled), default=0)
    if most > LONGEST_SUBJECT:
        message = f"{most} characters with long values; {LONGEST_SUBJECT} are shown."
        yield Finding("long_subject", ERROR, wording.field, message)


def marketing_findings(wording: Wording) -> Iterator[Finding]:
    """What the law asks of advertising by email: 15 U.S.C. 7704(a)(5), CAN-SPAM."""
    if WAY_OUT not in wording.names:
        message = "A marketing email says how to get no more of them."
        yield _missing("no_unsubscribe", message, wording, OUT_LINE[wording.language])
    if ADDRESS not in wording.names:
        message = "A marketing email names the clinic's postal address."
        yield _missing("no_address", message, wording, ADDRESS_LINE[wording.language])


def _missing(code: str, message: str, wording: Wording, line: str) -> Finding:
    end = len(wording.body.rstrip())
    fix = Fix(f'Add "{line}"', (Edit(wording.field, end, len(wording.body), f"\n\n{line}"),))
    return Finding(code, ERROR, wording.field, message, fix=fix)
