"""Reads the secrets that webhooks are signed with, as the other readers of environment variables do."""

import base64

from settings.variables import credential


def _is_signing_secret(text: str) -> bool:
    """Whether Standard Webhooks takes it."""
    try:
        found = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and 24 <= len(found) <= 64  # as it says


def webhook_secrets(text: str) -> dict[str, tuple[str, ...]]:
    """The secrets of each webhook, by its name."""
    found = dict[str, tuple[str, ...]]()
    for word in credential(text).split():
        name, given, secrets = word.partition("=")
        if not given or name in found or not secrets:
            raise ValueError("write the name of each webhook once, =, and its secrets, like deploy=whsec_…,whsec_…")
        found[name] = tuple(secrets.split(","))
        if not all(map(_is_signing_secret, found[name])):
            # No name is said: where one is missing, it is a part of the secret.
            raise ValueError("a secret is whsec_ and 24 to 64 bytes in base64; make one as docs/integrations.md says")
    return found
