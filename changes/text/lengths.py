"""How long a text is where it is shown."""


def units(text: str) -> int:
    """How long the text is for Teams and for a browser's input: an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
