"""What the image is asked for its health: whether the process in it is ready, whichever role it has."""

import os
import sys
import urllib.request

USUAL = {"CHANGE_PORT": "3978", "CHANGE_HEALTH_PORT": "3979"}


def main() -> int:
    """Ask it; 0 when it is ready. A process that gives no answer, or is not ready, is told in one line."""
    setting = "CHANGE_HEALTH_PORT" if os.environ.get("CHANGE_ROLE") == "worker" else "CHANGE_PORT"
    port = os.environ.get(setting) or USUAL[setting]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return 0
    except OSError as error:
        print(f"not ready: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
