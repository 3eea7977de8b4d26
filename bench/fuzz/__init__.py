"""Strange inputs by the hundred thousand to whatever reads them, apart from the suite: `python -m bench.fuzz`.

What is fuzzed and what was found is told in docs/fuzzing.md.
"""
