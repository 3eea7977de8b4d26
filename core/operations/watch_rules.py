"""What the watch calls wrong with the product itself, and in which words. Pure; limits in `data/watch.toml`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

SCHEDULER, GATEWAY, LATE, PROVIDER, FORMS, STOPPED = (
    "scheduler_silent", "gateway_silent", "texts_late", "provider_errors", "forms_silent", "sending_stopped",
)  # fmt: skip
WEEKS = 4  # that the usual is counted over


@dataclass(frozen=True)
class Watch:
    """The limits. Spans are the machine's; `forms_within` is opening time of the clinic's own day."""

    silent: timedelta
    late: timedelta
    again: timedelta
    provider_share: float
    provider_at_least: int
    provider_of_last: int
    provider_within: timedelta
    forms_within: timedelta
    forms_usual: int


def parse_watch(raw: Mapping[str, Any]) -> Watch:
    """Read data/watch.toml. Raises KeyError where a limit is missing, ValueError for a share outside 0 to 1."""
    provider, forms = raw["provider"], raw["forms"]
    if not 0 < provider["share"] <= 1:
        raise ValueError(f"provider.share is above 0 and at most 1, not {provider['share']}")
    return Watch(
        timedelta(seconds=raw["silent_seconds"]),
        timedelta(seconds=raw["late_seconds"]),
        timedelta(hours=raw["again_hours"]),
        float(provider["share"]),
        int(provider["at_least"]),
        int(provider["of_last"]),
        timedelta(minutes=provider["within_minutes"]),
        timedelta(hours=forms["hours"]),
        int(forms["usual"]),
    )


@dataclass(frozen=True)
class Facts:
    """What is true now. Spans in the machine's time; None: it never was, or said goodbye. `tries`: the provider's last
    answers, True where it gave none. `forms`: those of today's stretch and of the same stretch in earlier weeks; None
    while it is closed or the stretch is short. `stopped`: what stopped by itself."""

    scheduler_silent: timedelta | None = None
    gateway_silent: timedelta | None = None
    late: timedelta = timedelta()
    tries: Sequence[bool] = ()
    forms: tuple[int, Sequence[int]] | None = None
    stopped: str = ""


Figures = dict[str, Any]


def judge(watch: Watch, facts: Facts) -> dict[str, Figures]:
    """What is wrong, by name, each with the figures that a person wants to see."""
    found: dict[str, Figures | None] = {
        SCHEDULER: _silent(watch, facts.scheduler_silent),
        GATEWAY: _silent(watch, facts.gateway_silent),
        LATE: {"minutes": _minutes(facts.late)} if facts.late > watch.late and not facts.stopped else None,
        PROVIDER: _errors(watch, facts.tries),
        FORMS: _no_forms(watch, facts.forms),
        STOPPED: {"what": facts.stopped} if facts.stopped else None,
    }
    return {name: figures for name, figures in found.items() if figures is not None}


def _silent(watch: Watch, span: timedelta | None) -> Figures | None:
    return {"minutes": _minutes(span)} if span is not None and span > watch.silent else None


def _errors(watch: Watch, tries: Sequence[bool]) -> Figures | None:
    if len(tries) < watch.provider_at_least or sum(tries) < watch.provider_share * len(tries):
        return None
    return {"failed": sum(tries), "of": len(tries)}


def _no_forms(watch: Watch, forms: tuple[int, Sequence[int]] | None) -> Figures | None:
    """One quiet week among the four is no reason to think that quiet is usual, nor is one busy one that it is not."""
    if forms is None or forms[0]:
        return None
    earlier = sorted(forms[1])
    usual = sum(earlier) / len(earlier) if earlier else 0
    often = sum(count > 0 for count in earlier) >= len(earlier) - 1
    if usual < watch.forms_usual or not often:
        return None
    return {"usual": round(usual), "hours": _hours(watch.forms_within)}


def _minutes(span: timedelta) -> int:
    return max(1, round(span.total_seconds() / 60))


def _hours(span: timedelta) -> int:
    return max(1, round(span.total_seconds() / 3600))


@dataclass(frozen=True)
class Words:
    """`title` is a sentence, `todo` what those do meanwhile who work with patients, `elsewhere` what it means for who
    sees none of them, such as marketing; `page` the heading of the runbook."""

    title: str
    todo: str
    page: str
    elsewhere: str


WORDS: Mapping[str, Callable[[Figures], Words]] = {
    SCHEDULER: lambda f: Words(
        f"The scheduler has been silent for {f['minutes']} min: no text leaves.",
        "Call and text by hand meanwhile.",
        "No heartbeat",
        "Texts of sequences wait until it is back. Managers and admins know.",
    ),
    GATEWAY: lambda f: Words(
        f"The gateway has been silent for {f['minutes']} min: no form and no text comes in.",
        "Leads are not lost where the sender tries again; look at the website's own list.",
        "No heartbeat",
        "Campaigns that lead to a form bring nothing meanwhile. Managers and admins know.",
    ),
    LATE: lambda f: Words(
        f"Texts are late by {f['minutes']} min.",
        "Call and text by hand meanwhile.",
        "Texts are late",
        "Texts of sequences are late, too. Managers and admins know.",
    ),
    PROVIDER: lambda f: Words(
        f"Twilio gave no answer to {f['failed']} of the last {f['of']} texts.",
        "They are tried again by themselves. Call by hand what can't wait.",
        "Texts are late",
        "They are tried again by themselves. Managers and admins know.",
    ),
    FORMS: lambda f: Words(
        f"No form has come in {f['hours']} opening hours, where about {f['usual']} are usual.",
        "Send a test form from the website.",
        "Forms have gone silent",
        "Send a test form from the website, and look at what was changed there last.",
    ),
    STOPPED: lambda f: Words(
        f"Sending has stopped by itself ({str(f['what']).replace('_', ' ')}).",
        "Find out why first, then start it again on page Delivery.",
        "When sending is stopped",
        "Texts of sequences wait, too, until a manager or an admin starts them again.",
    ),
}


def words(name: str, figures: Figures) -> Words:
    """In which words a trouble is told. Raises KeyError for one that is none of ours."""
    return WORDS[name](figures)
