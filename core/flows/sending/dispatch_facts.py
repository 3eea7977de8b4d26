"""The facts of a batch of due texts at hand-over, gathered in a handful of statements."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.compliance import store as compliance
from core.flows.experiments import trying
from core.flows.sending import answering, dispatch_wording, filling, keeping_distance
from core.flows.sending.dispatch_world import CONVERSATION, World, varied
from core.flows.sending.text_links import Samples
from core.leads.store import leads
from core.messaging.actions import Claimed
from core.messaging.rules import send_hold_drop
from core.messaging.senders import kind_of
from core.messaging.store import texts as store_texts
from core.operations import store as operations
from core.operations.store import Gate
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sequences import store as sequences


def gather(
    session: Session, app: App, texts: list[Claimed], gate: Gate, now: datetime, sender: str = ""
) -> World:
    """Read the facts of a batch: one statement for each kind of fact, whatever the batch's size.

    `sender` whose budget counts; '' for a preview, which uses nothing up.
    """
    reference, catalogue = app.reference, app.library.at(session, gate.published)
    to_patients = [action for action in texts if action.audience == "patient"]
    phones = sorted({action.phone_index for action in to_patients if action.phone_index})
    enrollments = sequences.standings(
        session, sorted({a.enrollment_id for a in to_patients if a.enrollment_id})
    )
    found = leads.find_all(session, sorted({a.lead_id for a in to_patients if a.lead_id}))
    variants = trying.given(session, app.trials.at(session, gate.published), to_patients, found, now)
    to_patients = [varied(action, variants, catalogue) for action in to_patients]
    return World(
        reference=reference,
        catalogue=catalogue,
        sender=sender,
        stopped_templates=gate.templates,
        segments_left=_segments_left(session, reference, sender, now),
        leads=found,
        patients=patients.briefs(session, sorted({a.patient_id for a in to_patients if a.patient_id})),
        standings=compliance.standings(session, phones) if phones else {},
        recent=defaultdict(
            list,
            store_texts.recent_automated(session, phones, now - send_hold_drop.CAP_WINDOW) if phones else {},
        ),
        inbound=store_texts.last_inbound(session, phones, now - CONVERSATION) if phones else {},
        coming=keeping_distance.coming(session, to_patients, now),
        enrollments=enrollments,
        answers=answering.gather(session, app.reference, texts, now),
        last_names=patients.last_names(
            session, dispatch_wording.patients_with(to_patients, catalogue, filling.LAST_NAME)
        ),
        owners=dispatch_wording.owners(session, to_patients, catalogue, found),
        visits=dispatch_wording.visits_of(session, to_patients, catalogue, enrollments),
        variants=variants,
        outdated=dispatch_wording.outdated(session, to_patients),
        now=now,
        links=Samples(app.settings.public),
    )


def _segments_left(session: Session, reference: Reference, sender: str, now: datetime) -> int | None:
    budget = reference.senders[kind_of(sender)].segments_a_day if sender else None
    day = now.astimezone(reference.clinic.zone).date()
    return operations.segments_left(session, sender, day, budget)
