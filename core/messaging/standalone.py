"""Block tags that have a line to themselves take that line with them, as in handlebars.js. Pure.

A tag stands alone when only blanks are between it and the line breaks (or the ends of the whole wording) around it. An
opening tag is judged by what is before it and by the beginning of its body, a closing one by the end of the body and by
what follows, `{{else}}` by the bodies on its two sides. All are judged by the words as written, not by what is left.
"""

import re

from core.messaging.handlebars import BLANKS, Block, Draft, If, Node, Text, Variable, Words

LINE_LEFT = re.compile(r"[ \t]*\r?\n?")


def settle(body: list[Draft]) -> tuple[Node, ...]:
    """The finished wording of a whole text."""
    _lines(body, whole=True)
    return _nodes(body)


def _nodes(body: list[Draft]) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for part in body:
        match part:
            case Words(left=left) if left:
                nodes.append(Text(left))
            case Block(name=name, then=then, otherwise=otherwise):
                nodes.append(If(name, _nodes(then), _nodes(otherwise or [])))
            case Variable():
                nodes.append(part)
    return tuple(nodes)


def _lines(body: list[Draft], *, whole: bool) -> None:
    """Take away the lines of the block tags in `body`. `whole`: its ends are the ends of the text."""
    for index, part in enumerate(body):
        if not isinstance(part, Block):
            continue
        _inside(part)
        after = part.otherwise if part.otherwise is not None else part.then
        if _breaks_after(part.then, 0) and _breaks_before(body, index, whole=whole):
            _cut_start(part.then, 0)
            _cut_end(body, index)
        if _breaks_before(after, len(after)) and _breaks_after(body, index + 1, whole=whole):
            _cut_start(body, index + 1)
            _cut_end(after, len(after))


def _inside(block: Block) -> None:
    _lines(block.then, whole=False)
    if block.otherwise is None:
        return
    _lines(block.otherwise, whole=False)
    if _breaks_before(block.then, len(block.then)) and _breaks_after(block.otherwise, 0):
        _cut_end(block.then, len(block.then))
        _cut_start(block.otherwise, 0)


def _breaks_before(body: list[Draft], index: int, *, whole: bool = False) -> bool:
    """Whether only blanks are between the place before `index` and a line break, or the text's beginning."""
    if index == 0:
        return whole
    words = body[index - 1]
    if not isinstance(words, Words):
        return False
    rest = words.original.rstrip(BLANKS)
    return "\n" in words.original[len(rest) :] or (whole and index == 1 and not rest)


def _breaks_after(body: list[Draft], index: int, *, whole: bool = False) -> bool:
    """The same for what begins at `index`, and the text's end."""
    if index == len(body):
        return whole
    words = body[index]
    if not isinstance(words, Words):
        return False
    rest = words.original.lstrip(BLANKS)
    blanks = words.original[: len(words.original) - len(rest)]
    return "\n" in blanks or (whole and index == len(body) - 1 and not rest)


def _cut_start(body: list[Draft], index: int) -> None:
    """The rest of the tag's line, with its line break. Once: two tags may share the words between them."""
    words = body[index] if index < len(body) else None
    if isinstance(words, Words) and not words.cut_before:
        left = LINE_LEFT.sub("", words.left, count=1)
        words.cut_before, words.left = left != words.left, left


def _cut_end(body: list[Draft], index: int) -> None:
    """The blanks before the tag. Once, too."""
    words = body[index - 1] if index else None
    if isinstance(words, Words) and not words.cut_after:
        left = words.left.rstrip(" \t")
        words.cut_after, words.left = left != words.left, left
