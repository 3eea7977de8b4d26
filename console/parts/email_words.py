"""Words shown for what became of an email, and why it went or did not. Pure."""

STATUSES = {
    "handing_over": "on its way",
    "sent": "handed to the mail server",
    "failed": "not sent",
    "bounced": "came back: this address takes no email",
    "complained": "marked as unwanted by who got it",
}
FAILED = frozenset({"failed", "bounced", "complained"})
TO_DO = {
    "failed": "Call, or text.",
    "bounced": "Call, or text, and ask for the right address.",
    "complained": "Send no more advertising; they are unsubscribed.",
}
UNSURE = "not sure that it arrived; it is not sent again by itself"
UNSURE_TO_DO = "Ask the patient, or call."
WHY_SENT = {
    "confirmation": "answers the patient's own form",
    "transactional": "about their request or visit, to the address they gave us",
    "marketing": "marketing consent for emails on file",
}
REASONS = {
    "email_not_set_up": "no mail server is set up",
    "no_email": "there is no email address",
    "no_email_consent": "no consent for marketing emails",
    "unsubscribed": "they had unsubscribed",
    "email_bounced": "the address takes no email",
    "email_refused": "the mail server refused it",
    "email_later": "the mail server asked to wait",
    "email_unsure": "the mail server's answer was lost; it is not sent again by itself",
    "visit_changed": "the visit was changed since",
    "email_unconfirmed": "a form of another request gave the address, and it may be somebody else's",
}
