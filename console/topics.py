"""Every topic that browsers may follow. A screen adds its own here."""

from console.live import Topic
from console.views import dead_letters, delivery, lead, lead_queue, now_block, resend, sending, sla_monitor

TOPICS: tuple[Topic, ...] = (
    now_block.TOPIC,
    sending.TOPIC,
    delivery.TOPIC,
    lead_queue.QUEUE,
    lead_queue.PEEK,
    lead.LEAD,
    sla_monitor.TOPIC,
    sla_monitor.WALL_TOPIC,
    resend.TOPIC,
    dead_letters.TOPIC,
)
