"""What made-up patients ask for, where they come from, and what is said. Neutral about treatment, plain ASCII."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Origin:
    """Where forms come from. `books` scales how often they end in a booking."""

    source: str
    medium: str
    utm: str
    campaigns: tuple[str, ...]
    share: int
    books: float


ORIGINS = (
    Origin("Google Ads", "cpc", "google", ("Fall Consult", "Brand", "Search near me"), 28, 1.0),
    Origin(
        "Instagram", "social", "instagram", ("Fall Consult", "Before and After", "Profile link"), 23, 0.85
    ),
    Origin("Facebook", "paid_social", "facebook", ("Lead Ads", "Spring Glow"), 16, 0.62),
    Origin("Organic search", "organic", "", ("",), 16, 1.0),
    Origin("Referral", "referral", "", ("Friends and VIPs",), 9, 1.6),
    Origin("Website", "direct", "", ("",), 8, 1.05),
)
FORM_TYPES = {
    "consultation_request": 44, "lead_capture": 38, "booking": 7, "medical_intake": 4, "photo_upload": 4,
    "pre_treatment": 3,
}  # fmt: skip
CONNECTORS = {"hosted": 40, "generic": 25, "typeform": 20, "jotform": 15}
TREATMENTS = {
    "botox": 24, "lip_filler": 12, "dermal_filler": 9, "sculptra": 3, "full_face": 3, "laser_hair_removal": 13,
    "laser_resurfacing": 6, "microneedling": 8, "chemical_peel": 5, "hydrafacial": 9, "coolsculpting": 5,
    "sclerotherapy": 2, "consultation": 6,
}  # fmt: skip
TIMEFRAMES = {"asap": 18, "this_week": 26, "this_month": 30, "next_month": 12, "just_browsing": 14}
BUDGETS = {"under-500": 25, "500-1000": 38, "1000-2000": 20, "2000-plus": 9, "": 8}
BEST_TIMES = ("", "Mornings", "Early afternoon", "After 5 PM", "Weekends", "Lunch time")
HEARD = ("", "", "A friend", "Instagram", "Drove by", "Google", "My sister comes to you")
DISQUALIFIED = {
    "not_interested": 34, "price": 22, "went_elsewhere": 14, "too_far": 8, "not_suitable": 6,
    "duplicate": 5, "spam": 3,
}  # fmt: skip
NOTES = (
    "First time, a little nervous.",
    "Getting married in spring, would love to be ready by then.",
    "Had this done elsewhere and was not happy.",
    "Do you have parking?",
    "Only free on Saturdays.",
    "Please call rather than text during work hours.",
    "Interested in a package for me and my sister.",
    "What does a first visit cost?",
)
PATIENT_SAYS = (
    "Yes please, anytime after 2",
    "Can you call instead of text?",
    "What do I need to bring?",
    "Is Saturday possible?",
    "How much is the first visit?",
    "Tuesday morning works for me",
    "1",
    "2",
    "3",
    "BOOK",
    "CALL",
    "Thanks! Thursday at 10?",
    "I am at work until 5, text is better",
    "Do you have anything this week?",
    "Where do I park?",
    "Sounds good",
)
PATIENT_CLOSES = (
    "Perfect, see you then",
    "Great, thank you!",
    "Ok thanks",
    "Let me think about it",
    "Yes that works",
)
STAFF_SAYS = (
    "Hi {first}, it's {staff} at Luxe. When is a good time to talk?",
    "Hi {first}, {staff} here. I have Tuesday 10:30 or Thursday 2:00 open, does one of them suit you?",
    "Happy to help, {first}. I can call you in ten minutes if that works?",
    "Hi {first}, {staff} at Luxe. A first visit takes about 40 minutes and there is parking behind the building.",
)
STAFF_CONFIRMS = (
    "You are all set, {first}. We look forward to seeing you.",
    "Booked! Reply here if anything changes. {staff}",
)
CALL_NOTES = (
    "Left a short message, will try again this afternoon.",
    "Wants to think it over, asked for prices by text.",
    "Very friendly, prefers mornings.",
    "Asked about downtime before a trip.",
    "",
    "",
)
STOPS = ("STOP", "Stop", "please stop texting me", "Unsubscribe", "stop texting", "take me off your list")
CONSENT = {
    "transactional": "I agree to receive texts about my request from Luxe Medical Spa LLC at the number provided. "
    "Msg frequency varies. Msg & data rates may apply. Reply STOP to cancel, HELP for help.",
    "marketing": "I agree to receive recurring marketing texts from Luxe Medical Spa LLC at the number provided. "
    "Consent is not a condition of purchase. Msg frequency varies. Msg & data rates may apply. Reply STOP to "
    "cancel, HELP for help.",
}
CONSENT_VERSION = "2026-07"
USER_AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Mobile Safari"


def weighted(dice: Random, table: dict[str, int]) -> str:
    """One key of `table`, as often as its weight says."""
    return dice.choices(list(table), list(table.values()))[0]


def origin(dice: Random) -> Origin:
    return dice.choices(ORIGINS, [one.share for one in ORIGINS])[0]
