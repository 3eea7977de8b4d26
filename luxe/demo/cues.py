"""Who is waiting at this moment: one of every kind that the queue and the monitor can show."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Act:
    """Something that happens `after` minutes. `kind`: reply, call (outcome), text, snooze (hours from now)."""

    after: float
    kind: str
    words: str


@dataclass(frozen=True)
class Cue:
    """A form of today. Its first-contact clock, `target` minutes, is due in `due_in` minutes: below 0 it is overdue."""

    first_name: str
    last_name: str
    line: int
    form_type: str
    treatment: str
    timeframe: str
    source: str
    target: float
    due_in: float
    location: str = "downtown"
    connector: str = "hosted"
    notes: str = ""
    acts: tuple[Act, ...] = ()
    unassigned: bool = False
    code: int | None = None
    email: str = ""  # where it is not the usual one

    @property
    def phone(self) -> str:
        return f"+15125550{100 + self.line}"


CONSULT, CAPTURE, INTAKE = "consultation_request", "lead_capture", "medical_intake"
CUES = (
    # Overdue
    Cue("Hannah", "Whitlock", 14, CONSULT, "lip_filler", "this_week", "Google Ads", 5, -6,
        acts=(Act(3.2, "reply", "Yes please, anytime after 2"),)),
    Cue("Marcus", "Bell", 21, CAPTURE, "laser_hair_removal", "", "Instagram", 10, -2, "westlake", unassigned=True),
    Cue("Camille", "Foster", 22, CAPTURE, "microneedling", "", "Referral", 10, -47, "westlake", "jotform"),
    # Due within five minutes
    Cue("Sofia", "Ramirez", 39, CONSULT, "botox", "asap", "Organic search", 5, 1.1, connector="typeform",
        acts=(Act(2.4, "reply", "Can you call instead of text?"),)),
    Cue("Grace", "Kim", 23, CAPTURE, "hydrafacial", "", "Instagram", 10, 1.9),
    Cue("Olivia", "Brandt", 24, CAPTURE, "full_face", "", "Referral", 5, 3.3, notes="A friend of yours sent me."),
    Cue("Theo", "Petrakis", 25, CONSULT, "coolsculpting", "this_month", "Facebook", 5, 4.2, "westlake", "generic"),
    # Later
    Cue("Tyler", "Nguyen", 26, CAPTURE, "chemical_peel", "", "Facebook", 10, 7.6, code=30003),
    Cue("Ingrid", "Dahl", 27, CAPTURE, "botox", "", "Google Ads", 10, 8.8, connector="generic"),
    Cue("Nadia", "Haddad", 28, INTAKE, "microneedling", "", "Website", 15, 11.5, "westlake"),
    Cue("Paul", "Reyes", 29, CONSULT, "laser_resurfacing", "just_browsing", "Website", 60, 38,
        connector="typeform", notes="No rush, comparing."),
    Cue("Amara", "Osei", 30, CONSULT, "dermal_filler", "just_browsing", "Instagram", 60, 52, "westlake",
        code=30007),
    # Waiting for an answer from us
    Cue("Renee", "Dawson", 31, CONSULT, "laser_resurfacing", "this_month", "Website", 5, -40,
        acts=(Act(3, "call", "voicemail"), Act(20, "reply", "What do I need to bring?"))),
    Cue("Wendy", "Tran", 32, CAPTURE, "lip_filler", "", "Google Ads", 10, -100, connector="generic",
        acts=(Act(8, "text", "Hi Wendy, Maya at Luxe here. When is a good time to talk?"),
              Act(35, "reply", "After 5 today please, and is there parking?"))),
    Cue("Luis", "Ferreira", 33, CONSULT, "botox", "this_week", "Google Ads", 5, -75, connector="jotform",
        acts=(Act(4, "call", "no_answer"), Act(58, "reply", "Sorry I missed you, call me"))),
    Cue("Yasmin", "Rahimi", 34, CAPTURE, "hydrafacial", "", "Instagram", 10, -20, "westlake",
        acts=(Act(6, "text", "Hi Yasmin, Tess at Luxe. I have Thursday 10:00 or 2:30, does one suit you?"),
              Act(19, "reply", "Thursday 10 works"))),
    # Contacted, waiting for the patient
    Cue("Peter", "Calloway", 35, CONSULT, "sculptra", "this_month", "Referral", 5, -190,
        acts=(Act(4, "call", "voicemail"),)),
    Cue("Rosa", "Delgado", 36, CAPTURE, "botox", "", "Facebook", 10, -240, connector="generic",
        acts=(Act(7, "call", "no_answer"),)),
    Cue("Kenji", "Tanaka", 37, CONSULT, "coolsculpting", "next_month", "Organic search", 5, -310, "westlake",
        connector="typeform", acts=(Act(2, "call", "talked"),)),
    Cue("Ruth", "Boone", 38, CAPTURE, "sclerotherapy", "", "Website", 10, -130,
        acts=(Act(12, "text", "Hi Ruth, Priya at Luxe. Happy to answer anything before you decide."),)),
    # Paused
    Cue("Diane", "Alvarez", 40, CONSULT, "dermal_filler", "this_week", "Website", 5, -150,
        acts=(Act(3, "call", "talked"), Act(40, "reply", "Let me check with my husband"), Act(48, "snooze", "20"))),
    Cue("Kevin", "Osborne", 41, CAPTURE, "coolsculpting", "", "Facebook", 5, -30, "westlake", "jotform",
        acts=(Act(2, "snooze", "3"),)),
    # No texts
    Cue("Peter", "Lindholm", 42, CAPTURE, "sclerotherapy", "", "Google Ads", 10, 4.9,
        acts=(Act(1.5, "reply", "STOP"),)),
    Cue("Ben", "Carver", 43, CAPTURE, "laser_hair_removal", "", "Google Ads", 10, 6.4, "westlake",
        connector="generic", code=30006),
    Cue("Martin", "Doyle", 45, CONSULT, "hydrafacial", "this_week", "Instagram", 5, 2.7, code=21610),
    # The names of two above, with another number and address: the same person, or a namesake?
    Cue("Ruth", "Boone", 46, CONSULT, "botox", "this_month", "Referral", 60, 45, email="ruth.boone.studio@example.com"),
    Cue("Theo", "Petrakis", 47, CAPTURE, "hydrafacial", "", "Instagram", 10, -160, "westlake",
        email="tpetrakis@example.com", acts=(Act(5, "call", "voicemail"),)),
    # Never reached, days into the sequence
    Cue("Ivy", "Chen", 44, CAPTURE, "chemical_peel", "", "Facebook", 10, -1900, connector="generic"),
)  # fmt: skip
