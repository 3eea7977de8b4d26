"""What goes out by itself to a group of a sequence waits for a while, and goes on.

A pause is of the lead, as where one person takes over: nothing automatic goes to them meanwhile, whatever sequence it
is of. A sequence that does not wait for people, such as the reminders of a visit, is not paused.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.flows.leads import taking_over
from core.flows.sequences import grouping
from core.flows.sequences.grouping import MOST, few_enough, leads_of
from core.leads.store import groups, leads
from core.leads.store import work as lead_work
from core.sequences import store as sequences
from core.sequences.rules.group import Group


def pause_group(session: Session, actor: Actor, group: Group, until: datetime, *, now: datetime) -> int:
    """What goes out by itself to these people waits until then, unless somebody resumes it; how many. Those with whom a
    colleague is writing wait already, and for that conversation's time.

    Raises Denied, InvalidInput(until, group).
    """
    require(actor, Permission.EDIT_SEQUENCES)
    if not now < until <= now + taking_over.LONGEST_PAUSE:
        raise InvalidInput.of("until", f"Choose a moment within {taking_over.LONGEST_PAUSE.days} days.")
    theirs = few_enough(sequences.active_leads(session, group, leads_of(group), MOST + 1))
    data = {"why": taking_over.BY_HAND, "until": until.isoformat()}
    paused = sorted(set(theirs) - set(_in_conversation(session, group, now)))
    for lead_id in paused:
        lead_work.pause(session, lead_id, until, taking_over.BY_HAND, actor.staff_id, now)
        leads.note_event(
            session, lead_id, "automation_paused", "staff", now=now, staff_id=actor.staff_id, data=data
        )
    grouping.note(
        session,
        "sequence_paused",
        group,
        "",
        len(paused),
        by=actor.staff_id,
        now=now,
        until=until.isoformat(),
    )
    return len(paused)


def _in_conversation(session: Session, group: Group, now: datetime) -> list[str]:
    theirs = sequences.under_way(group, leads_of(group), aside=True)
    of_leads = theirs.with_only_columns(theirs.selected_columns.lead_id)
    return groups.paused_among(session, of_leads, taking_over.WROTE, now, MOST + 1)


def resume_group(session: Session, actor: Actor, group: Group, *, now: datetime) -> int:
    """What waits for these people because somebody paused it goes on now; how many. A pause since a colleague wrote to
    somebody stays: that conversation is not ours to end. Raises Denied, InvalidInput(group).
    """
    require(actor, Permission.EDIT_SEQUENCES)
    theirs = sequences.under_way(group, leads_of(group), aside=True)
    paused = groups.paused_among(
        session, theirs.with_only_columns(theirs.selected_columns.lead_id), taking_over.BY_HAND, now, MOST + 1
    )
    resumed = sum(
        taking_over.go_on(session, lead_id, by=actor.staff_id, now=now)
        for lead_id in sorted(few_enough(paused))
    )
    grouping.note(session, "sequence_resumed", group, "", resumed, by=actor.staff_id, now=now)
    return resumed
