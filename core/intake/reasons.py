"""Why staff put a form aside that was not taken in by itself."""

# Codes as they are kept, and as they are read.
DISMISSALS = {
    "spam": "Advertising or a robot",
    "test": "A test",
    "stored": "The same form was stored already",
    "handled": "Handled in another way, such as by phone",
    "not_ours": "Not meant for this clinic",
    "under_age": "Somebody under 18",
    "empty": "Nothing in it to answer",
    "other": "Something else",
}
