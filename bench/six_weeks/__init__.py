"""A clinic of made-up patients in all seven sequences for six weeks, judged from outside."""
