"""`luxe try KIND`: what the product would decide, for many cases at once, without touching data.

One file a kind, named like it: `class Line` (one line of input without its `id`) and
`answer(line, reference) -> dict`, thin over the rules that the product itself uses.
"""
