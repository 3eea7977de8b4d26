"""Every topic that browsers may follow. A screen adds its own here."""

from console.delivery import view as delivery
from console.duplicates import view as duplicates
from console.lead import view as lead
from console.lead_queue import view as lead_queue
from console.live import Topic
from console.parts import now_block, sending
from console.quick_texts import view as quick_texts
from console.resend import view as resend
from console.sla_monitor import view as sla_monitor
from console.unread_forms import view as unread_forms

TOPICS: tuple[Topic, ...] = (
    now_block.TOPIC,
    sending.TOPIC,
    delivery.TOPIC,
    duplicates.TOPIC,
    lead_queue.QUEUE,
    lead_queue.PEEK,
    lead.LEAD,
    sla_monitor.TOPIC,
    sla_monitor.WALL_TOPIC,
    resend.TOPIC,
    quick_texts.TOPIC,
    quick_texts.ONE,
    unread_forms.TOPIC,
)
