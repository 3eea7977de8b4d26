"""A form becomes a lead: what the clinic and the patient rely on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from core.compliance import store as compliance
from core.compliance.tables import consents
from core.domain.errors import InvalidInput
from core.flows.intake.accept_submission import Accepted, accept
from core.intake.submission import Submission
from core.intake.tables import form_submissions
from core.leads.tables import lead_events, leads
from core.messaging.tables import timed_actions
from core.patients.tables import patient_conflicts, patients
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import submission


def take_in(app: TestApp, form: Submission) -> Accepted:
    with app.db.write() as session:
        return accept(session, app.reference, app.settings, form, raw_payload_id=None, now=app.clock.now())


def count(app: TestApp, table: object) -> int:
    with app.db.read() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_form_becomes_a_patient_a_lead_an_owner_a_clock_and_its_texts(app: TestApp) -> None:
    accepted = take_in(app, submission())
    with app.db.read() as session:
        lead = session.execute(select(leads).where(leads.c.id == accepted.lead_id)).one()
        actions = session.execute(
            select(timed_actions.c.kind, timed_actions.c.audience, timed_actions.c.due_at)
        ).all()
        clocks = dict(session.execute(select(sla_clocks.c.target, sla_clocks.c.due_at)).all())
        person = session.execute(
            select(patients.c.first_name, patients.c.phone, patients.c.zone, patients.c.state)
        ).one()
    assert tuple(person) == ("Omar", "+14075550155", "America/New_York", "FL")
    assert (lead.temperature, lead.priority, lead.treatment, lead.source, lead.campaign) == (
        "hot",
        2,
        "botox",
        "Website",
        "spring",
    )
    assert lead.owner_id
    minutes = {target: (due - app.clock.now()) / timedelta(minutes=1) for target, due in clocks.items()}
    assert minutes == {
        "first_contact": 5,
        "first_conversation": 15,
        "qualification": 24 * 60,
        "consultation_scheduled": 24 * 60,
        "assignment": 1,
        "confirmation": 0.5,
    }
    assert sum(kind == "text" and audience == "patient" for kind, audience, _ in actions) == 9
    assert sum(kind == "call_task" for kind, _, _ in actions) == 2
    assert sum(audience == "staff" and kind == "text" for kind, audience, _ in actions) == 1


def test_the_same_delivery_twice_is_stored_once(app: TestApp) -> None:
    first, second = take_in(app, submission()), take_in(app, submission())
    assert second == Accepted(first.submission_id, first.lead_id, repeated=True)
    assert count(app, form_submissions) == count(app, leads) == 1


def test_a_known_patient_keeps_what_we_knew_and_shows_what_differs(app: TestApp) -> None:
    take_in(app, submission())
    take_in(
        app, submission(external_id="form-2", last_name="Reyes-Diaz", email="new@example.com", zip="32801")
    )
    with app.db.read() as session:
        person = session.execute(select(patients.c.last_name, patients.c.email, patients.c.zip)).one()
        conflicts = session.execute(select(patient_conflicts.c.field, patient_conflicts.c.value)).all()
    assert tuple(person) == ("Reyes", "omar@example.com", "32801")
    assert sorted(map(tuple, conflicts)) == [("email", "new@example.com"), ("last_name", "Reyes-Diaz")]


@pytest.mark.parametrize(
    "form",
    [
        submission(external_id="2", phone="+14075550156"),
        submission(external_id="2", phone="+14075550156", email="", birth_date=date(1990, 4, 12)),
    ],
    ids=["by email", "by name and birth date"],
)
def test_a_patient_with_a_new_number_is_recognised(app: TestApp, form: Submission) -> None:
    take_in(app, submission(birth_date=date(1990, 4, 12)))
    take_in(app, form)
    assert count(app, patients) == 1


def test_texts_go_to_the_number_on_the_form_that_consented(app: TestApp) -> None:
    take_in(app, submission())
    accepted = take_in(app, submission(external_id="2", phone="+14075550156"))
    with app.db.read() as session:
        planned = session.execute(
            select(timed_actions.c.phone).where(
                timed_actions.c.lead_id == accepted.lead_id, timed_actions.c.audience == "patient"
            )
        ).scalars()
        assert set(planned) == {"+14075550156"}


def test_a_second_form_replaces_the_first_ones_sequence(app: TestApp) -> None:
    first = take_in(app, submission())
    take_in(app, submission(external_id="2", treatment="hydrafacial"))
    with app.db.read() as session:
        states = session.execute(
            select(timed_actions.c.state, timed_actions.c.reason).where(
                timed_actions.c.lead_id == first.lead_id, timed_actions.c.enrollment_id.is_not(None)
            )
        ).all()
    assert {tuple(row) for row in states} == {("cancelled", "replaced")}


def test_nobody_under_18_is_stored(app: TestApp) -> None:
    with pytest.raises(InvalidInput) as refusal:
        take_in(app, submission(birth_date=date(2008, 11, 24)))
    assert refusal.value.errors[0].field == "date_of_birth"
    assert count(app, patients) == count(app, form_submissions) == 0


def test_the_eighteenth_birthday_itself_is_old_enough(app: TestApp) -> None:
    assert take_in(app, submission(birth_date=date(2008, 11, 23))).lead_id


def test_who_opted_out_is_logged_and_shown_as_call_only_and_gets_no_text(app: TestApp) -> None:
    with app.db.write() as session:
        index = app.db.blind("phone", "+14075550155")
        compliance.append(
            session, [compliance.LedgerEntry(index, "all", "revoke", "keyword")], app.clock.now()
        )
    accepted = take_in(app, submission())
    with app.db.read() as session:
        lead = session.execute(
            select(leads.c.call_only, leads.c.owner_id).where(leads.c.id == accepted.lead_id)
        ).one()
        texts = session.execute(
            select(timed_actions.c.id).where(
                timed_actions.c.kind == "text", timed_actions.c.audience == "patient"
            )
        ).all()
        kinds = set(session.execute(select(lead_events.c.kind)).scalars())
        actions = list(session.execute(select(consents.c.action).order_by(consents.c.id)).scalars())
    assert lead.call_only
    assert lead.owner_id
    assert texts == []
    assert "refused_text" in kinds
    assert actions == ["revoke", "decline", "decline"]


def test_unticked_boxes_are_logged_as_declined(app: TestApp) -> None:
    form = submission()
    unticked = tuple(type(c)(c.scope, False, c.wording, c.version) for c in form.consents)
    take_in(app, submission(consents=unticked))
    with app.db.read() as session:
        assert set(session.execute(select(consents.c.action)).scalars()) == {"decline"}
        assert compliance.standing(session, app.db.blind("phone", form.phone)) == compliance.Standing()


def test_a_form_at_night_is_due_after_opening(app: TestApp) -> None:
    app.clock.advance(timedelta(hours=12))  # 22:00 in New York, closed since 20:00, opens at 08:00
    take_in(app, submission(submitted_at=app.clock.now()))
    with app.db.read() as session:
        due = session.execute(
            select(sla_clocks.c.due_at).where(sla_clocks.c.target == "first_contact")
        ).scalar_one()
    assert due - app.clock.now() == timedelta(hours=10, minutes=5)


def test_a_test_delivery_of_a_provider_makes_no_lead(app: TestApp) -> None:
    assert take_in(app, submission(is_test=True)).lead_id is None
    assert count(app, leads) == count(app, timed_actions) == 0
    assert count(app, form_submissions) == 1
