"""Every topic that browsers may follow. A screen adds its own here."""

from console.live import Topic
from console.views import now_block, sla_monitor

TOPICS: tuple[Topic, ...] = (now_block.TOPIC, sla_monitor.TOPIC, sla_monitor.WALL_TOPIC)
