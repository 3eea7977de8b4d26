"""Reads the TwiML that a webhook answers with: the texts in it, nothing else."""

from xml.etree import ElementTree


def read_messages(document: str) -> list[str]:
    """Bodies of the `<Message>` verbs, in order. Raises ValueError when it is not TwiML."""
    if not document.strip():
        return []
    # Entities are how a small document becomes a huge one; TwiML has no use for a document type.
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise ValueError("TwiML has no document type")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314
    except ElementTree.ParseError as error:
        raise ValueError(f"not XML: {error}") from error
    if root.tag != "Response":
        raise ValueError(f"the outermost element is <{root.tag}>, not <Response>")
    return [body for message in root.findall("Message") if (body := _body(message))]


def _body(message: ElementTree.Element) -> str:
    inner = message.find("Body")
    return ((inner.text if inner is not None else message.text) or "").strip()
