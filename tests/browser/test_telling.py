"""The browser tells its person of alerts: asked for once, said once whatever is open, and turned on and off in a page.

No push service answers a browser without a window: what the page asks of the browser is answered by a made-up one.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, update

from core.alerting.tables import alerts
from core.flows.sending import alerts as sending
from core.staff.store import people
from core.staff.tables import push_subscriptions, sessions, staff
from tests.browser.conftest import PASSWORD, Console, sign_in, until

pytestmark = pytest.mark.browser

BROWSER = """
window.shown = []; window.tones = 0;
window.Notification = class {
  static permission = window.localStorage.getItem("made-up.permission") || "default";
  static async requestPermission() {
    window.Notification.permission = window.localStorage.getItem("made-up.answer") || "granted";
    window.localStorage.setItem("made-up.permission", window.Notification.permission);
    return window.Notification.permission;
  }
  constructor(title, about) { window.shown.push([title, about.body, about.tag]); }
  close() {}
};
const nothing = () => null;
class Tone {
  frequency = {};
  gain = { setValueAtTime: nothing, linearRampToValueAtTime: nothing, exponentialRampToValueAtTime: nothing };
  connect(to) { return to; }
  start() { window.tones += 1; }
  stop() {}
}
window.AudioContext = class {
  state = "running"; currentTime = 0;
  createGain() { return new Tone(); }
  createOscillator() { return new Tone(); }
};
window.PushManager = class {};
const made = {
  endpoint: "https://push.example.com/made-up", options: {},
  unsubscribe: async () => { window.made = null; return true; },
  toJSON: () => ({ endpoint: made.endpoint, keys: { p256dh: "B" + "A".repeat(86), auth: "A".repeat(22) } }),
};
const pushManager = {
  getSubscription: async () => window.made || null,
  subscribe: async () => (window.made = made),
};
const kept = { active: {}, pushManager };
Object.defineProperty(navigator, "serviceWorker", { value: {
  register: async (address) => { window.registered = address; return kept; },
  getRegistration: async () => (window.registered ? kept : undefined) } });
"""
HIDDEN = 'Object.defineProperty(Document.prototype, "hidden", { get: () => true });'


@pytest.fixture(autouse=True)
def _as_before(console: Console) -> Iterator[None]:
    yield
    with console.app.db.write() as session:
        session.execute(delete(push_subscriptions))
        session.execute(delete(alerts))
        session.execute(update(staff).values(alert_channels=["sms"], urgent_channels=[], chat_address=None))


def tell_maya(console: Console, template: str = "staff_new_lead") -> None:
    """An alert to the front desk about a lead that came now."""
    lead_id, now = console.add_lead(), console.app.clock.now()
    with console.app.db.write() as session:
        session.execute(delete(alerts))
        maya = next(
            one for one in people.colleagues(session) if one.id == console.actor("frontdesk").staff_id
        )
        about = sending.About(
            f"alert:{lead_id}", template, lead_id, 42, now, urgent=template != "staff_new_lead"
        )
        sending.tell(session, console.app.settings, [maya], about, now)


def proved(console: Console, ago: timedelta = timedelta()) -> None:
    """So long ago the front desk showed last who they are: sessions here are shared, and may be old."""
    of_maya = sessions.c.staff_id == console.actor("frontdesk").staff_id
    with console.app.db.write() as session:
        session.execute(update(sessions).where(of_maya).values(confirmed_at=console.app.clock.now() - ago))


def test_it_asks_once_and_then_tells_of_an_alert_once_however_many_pages_are_open(
    page: Page, console: Console
) -> None:
    page.add_init_script(BROWSER + HIDDEN)
    sign_in(page, console)
    page.get_by_role("button", name="Tell me").click()
    other = page.context.new_page()
    other.add_init_script(BROWSER + HIDDEN)
    other.goto(console.url)
    other.get_by_text("Live,").wait_for()
    expect(other.get_by_role("button", name="Tell me")).to_have_count(0)
    tell_maya(console)
    for one in (page, other):
        until(one, "window.localStorage.getItem('luxe.told')")
    page.evaluate("window.asked = performance.now()")
    until(page, "performance.now() > window.asked + 500")
    shown = page.evaluate("window.shown") + other.evaluate("window.shown")
    assert [title for title, _, _ in shown] == ["New lead"]
    assert "Reyes" not in str(shown)
    assert page.evaluate("window.tones") + other.evaluate("window.tones") == 2


def test_what_is_urgent_sounds_different_and_a_page_in_sight_shows_no_note(
    page: Page, console: Console
) -> None:
    page.add_init_script(BROWSER)
    sign_in(page, console)
    page.get_by_role("button", name="Tell me").click()
    tell_maya(console, "staff_uncontacted")
    until(page, "window.tones > 0")
    assert page.evaluate("window.tones") == 4
    assert page.evaluate("window.shown") == []


def test_who_says_no_is_not_asked_again_and_hears_nothing(page: Page, console: Console) -> None:
    page.add_init_script(BROWSER)
    sign_in(page, console)
    page.get_by_role("button", name="No", exact=True).click()
    page.reload()
    page.get_by_text("Live,").wait_for()
    expect(page.get_by_role("button", name="Tell me")).to_have_count(0)
    sign_in(page, console, path="/my-account")
    expect(page.get_by_role("radio", name="Nothing")).to_be_checked()
    page.get_by_text("Note only").click()
    until(page, "window.localStorage.getItem('luxe.telling') === 'silent'")


def test_a_browser_is_turned_on_tested_and_removed(page: Page, console: Console) -> None:
    page.add_init_script(BROWSER)
    sign_in(page, console, path="/my-account")
    proved(console)
    page.get_by_role("button", name="Turn on in this browser").click()
    expect(page.get_by_text("This browser shows your alerts")).to_be_visible()
    expect(page.get_by_role("list", name="Browsers that show your alerts")).to_contain_text("This one")
    expect(page.get_by_role("button", name="Turn on in this browser")).to_have_count(0)
    assert page.evaluate("window.registered") == "/alerts/worker.js"
    page.get_by_role("button", name="Send a test").first.click()
    expect(page.get_by_text("A test is on its way")).to_be_visible()
    page.get_by_role("button", name="Remove Chrome").click()
    expect(page.get_by_role("button", name="Turn on in this browser")).to_be_visible()
    assert page.evaluate("window.made") is None


def test_a_screen_that_was_left_open_asks_who_it_is_before_it_tells_anybody(
    page: Page, console: Console
) -> None:
    """Nothing is turned on until then; with the proof the same press goes through."""
    page.add_init_script(BROWSER)
    sign_in(page, console, path="/my-account")
    proved(console, timedelta(minutes=11))
    page.get_by_role("button", name="Turn on in this browser").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This browser is about to show your alerts")
    expect(dialog).to_contain_text("Is it still you?")
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Confirm that it is me").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("list", name="Browsers that show your alerts")).to_have_count(0)
    page.get_by_role("button", name="Turn on in this browser").click()
    expect(page.get_by_text("This browser shows your alerts")).to_be_visible()


def test_a_browser_that_may_show_nothing_says_what_to_do(page: Page, console: Console) -> None:
    page.add_init_script('window.localStorage.setItem("made-up.permission", "denied");' + BROWSER)
    sign_in(page, console, path="/my-account")
    expect(page.get_by_text("told to show nothing").first).to_be_visible()
    expect(page.get_by_role("button", name="Turn on in this browser")).to_have_count(0)
    expect(page.get_by_role("button", name="Tell me")).to_have_count(0)


def test_a_chat_tool_is_connected_and_the_order_is_chosen(page: Page, console: Console) -> None:
    page.add_init_script(BROWSER)
    sign_in(page, console, path="/my-account")
    proved(console)
    page.get_by_text("Connect a chat tool").click()
    page.get_by_label("Address of a webhook").fill("exec://secret")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Paste the webhook's address")).to_be_visible()
    page.get_by_label("Address of a webhook").fill("https://hooks.slack.com/services/T0AAA1/B0BBB2/cccDDD333")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Connected: Slack")).to_be_visible()
    assert "cccDDD333" not in page.content()
    usual = page.get_by_role("group", name="Usually")
    usual.get_by_role("button", name="Chat tool: earlier").click()
    page.get_by_role("button", name="Save the order").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    with console.app.db.read() as session:
        maya = next(
            one for one in people.colleagues(session) if one.id == console.actor("frontdesk").staff_id
        )
    assert (list(maya.alert_channels), maya.chat_address) == (
        ["chat", "sms"],
        "slack://T0AAA1/B0BBB2/cccDDD333/",
    )


WORKER = """async (told) => {
  const shown = [], opened = [];
  window.skipWaiting = () => null;
  window.registration = { showNotification: async (...one) => shown.push(one) };
  window.clients = { openWindow: async (address) => opened.push(address) };
  const script = document.createElement("script");
  const loaded = new Promise((resolve) => { script.onload = resolve; });
  script.src = "/alerts/worker.js";
  document.head.append(script);
  await loaded;
  const happen = (name, more) => window.dispatchEvent(Object.assign(new Event(name), { waitUntil() {} }, more));
  happen("push", { data: { json: () => JSON.parse(told) } });
  happen("notificationclick", { notification: { close() {}, data: shown[0][1].data } });
  return [shown, opened];
}"""


@pytest.mark.parametrize(
    ("told", "title", "opened"),
    [
        (
            '{"title":"New lead","body":"A-1042","url":"https://luxe.example.com/a/x"}',
            "New lead",
            "https://luxe.example.com/a/x",
        ),
        ("garbage", "Luxe Follow-Up", "/"),
        ('{"url":"javascript:alert(1)"}', "Luxe Follow-Up", ""),
    ],
)
def test_the_worker_shows_a_push_and_a_click_opens_its_link(
    page: Page, console: Console, told: str, title: str, opened: str
) -> None:
    """The script as it is served; what is no push of ours is shown all the same, as browsers ask for it."""
    page.goto(f"{console.url}/_stcore/health")
    shown, [address] = page.evaluate(WORKER, told)
    assert [one[0] for one in shown] == [title]
    assert address in (opened, f"{console.url}{opened}")


REGISTERED = """async () => {
  const kept = await navigator.serviceWorker.register("/alerts/worker.js");
  const worker = kept.installing || kept.waiting || kept.active;
  while (worker.state !== "activated") {
    await new Promise((next) => worker.addEventListener("statechange", next, { once: true }));
  }
  await kept.unregister();
  return [new URL(kept.scope).pathname, navigator.serviceWorker.controller === null];
}"""


def test_a_browser_takes_the_worker_under_our_policy_and_no_page_is_in_its_hands(
    page: Page, console: Console
) -> None:
    sign_in(page, console)
    assert page.evaluate(REGISTERED) == ["/alerts/", True]
