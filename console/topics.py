"""Every topic that browsers may follow. A screen adds its own here."""

from console.assignment_rules import view as assignment_rules
from console.calendar import view as calendar
from console.check_these import view as check_these
from console.delivery import view as delivery
from console.duplicates import view as duplicates
from console.escalation import view as escalation
from console.hand_overs import view as hand_overs
from console.inbox import view as inbox
from console.lead import view as lead
from console.lead_queue import view as lead_queue
from console.live import Topic
from console.parts import now_block, sending, telling, watch
from console.policies import view as policies
from console.quick_texts import view as quick_texts
from console.resend import view as resend
from console.sequences import view as sequences
from console.setup import view as clinic_setup
from console.sla_monitor import view as sla_monitor
from console.staff import view as staff
from console.templates import view as templates
from console.unread_forms import view as unread_forms

TOPICS: tuple[Topic, ...] = (
    now_block.TOPIC,
    telling.TOPIC,
    sending.TOPIC,
    watch.TOPIC,
    delivery.TOPIC,
    duplicates.TOPIC,
    lead_queue.QUEUE,
    lead_queue.PEEK,
    inbox.TOPIC,
    hand_overs.TOPIC,
    lead.LEAD,
    calendar.TOPIC,
    sla_monitor.TOPIC,
    sla_monitor.WALL_TOPIC,
    resend.TOPIC,
    quick_texts.TOPIC,
    quick_texts.ONE,
    templates.TOPIC,
    templates.ONE,
    policies.TOPIC,
    escalation.TOPIC,
    sequences.TOPIC,
    sequences.ONE,
    staff.TOPIC,
    clinic_setup.TOPIC,
    clinic_setup.STEPS,
    *clinic_setup.ONE,
    assignment_rules.ONE,
    unread_forms.TOPIC,
    check_these.TOPIC,
)
