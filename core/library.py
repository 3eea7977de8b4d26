"""The templates in use: what the clinic published, over what ships."""

import structlog
from sqlalchemy.orm import Session

from core.kept import Kept
from core.messaging.library import Catalogue, FaultyTemplate, LibraryTemplate, parse_library_template
from core.shipped import shipped_catalogue, shipped_templates
from core.versions import store
from core.versions.rules import InUse, in_use

log = structlog.get_logger(__name__)
KIND = "template"


def library() -> Kept[Catalogue]:
    """For one process."""
    return Kept(published, shipped_catalogue())


def published(session: Session) -> Catalogue:
    """Read anew. What an older release published and this one can't read gives way to what ships."""
    own = in_use(shipped_templates(), store.published(session, KIND))
    found = {key: _readable(one) for key, one in own.items()}
    return Catalogue({key: template for key, template in found.items() if template})


def _readable(one: InUse) -> LibraryTemplate | None:
    try:
        return parse_library_template(one.key, one.number, one.body)
    except FaultyTemplate:
        log.exception("template_unreadable", key=one.key, number=one.number)
        return shipped_catalogue().get(one.key)
