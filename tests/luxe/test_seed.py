"""What ships is loaded once; what the clinic made its own stays, and is named."""

from core.flows.publishing import publish
from core.flows.publishing.publish import NONE_SEEN
from core.kinds import QUICK_TEXT, TEMPLATE
from luxe import seed, template_table
from tests.architecture.test_source_rules import ROOT
from tests.conftest import TestApp
from tests.factories import follow_as_shipped
from tests.flows.staffing import do, who


def test_what_the_clinic_published_is_left_alone_and_named(app: TestApp) -> None:
    """A release may ship other words: whoever upgrades is told which of them nobody sees."""
    with app.db.write() as session:
        follow_as_shipped(session)
    seed.seed(app, app.clock.now())
    assert seed.left_alone(app) == []
    words = dict(TEMPLATE.shipped()["help"]) | {"title": "Help"}
    saved = do(app, publish.save_draft, who(app, "manager"), TEMPLATE, "help", words, NONE_SEEN)
    do(app, publish.publish, who(app, "manager"), TEMPLATE, "help", saved.revision, "Shorter")
    do(app, publish.retire, who(app, "manager"), QUICK_TEXT, "thanks", "Not used")
    seed.seed(app, app.clock.now())
    assert seed.left_alone(app) == [
        "Left alone: quick text thanks, which the clinic retired.",
        "Left alone: template help, the clinic's version 2.",
    ]
    with app.db.read() as session:
        assert app.library.now(session)["help"].title == "Help"


def test_the_page_of_templates_is_that_of_the_data() -> None:
    """`python -m luxe.template_table > docs/templates.md` makes it anew."""
    assert (ROOT / "docs" / "templates.md").read_text(encoding="utf-8") == template_table.page()
