"""What Microsoft's sign-in means by the number of a refusal, and what mends it.

The numbers are Microsoft's, which may change them: one that is not here is named with the page that explains it.
"""

import re

_ANEW = "Make a new client secret (Azure portal, Certificates & secrets), set MicrosoftAppPassword to its value"
_CONSENT = "an administrator of the tenant gives consent to the app (Entra admin centre, Enterprise applications)"
_REPAIRS = {
    7000222: f"The client secret has expired. {_ANEW}, and restart the bot.",
    7000215: "The client secret is wrong: often its id was copied instead of its value, or it is another app's. "
    f"{_ANEW}, and restart the bot.",
    7000218: "No client secret was sent. Set MicrosoftAppPassword, or MicrosoftAppType to UserAssignedMSI.",
    700016: "There is no such app in this tenant. Compare MicrosoftAppId and MicrosoftAppTenantId with the Azure Bot's "
    "Microsoft App ID and App Tenant ID; a bot of the type MultiTenant needs MicrosoftAppType set to that.",
    7000229: "The app is registered and has no enterprise application (service principal) in this tenant. In the Entra "
    "admin centre open the app registration and follow Create Service Principal, beside Managed application.",
    7000112: "The app was disabled. Enable its sign-in (Entra admin centre, Enterprise applications, Properties).",
    90002: "There is no such tenant. Correct MicrosoftAppTenantId: it is the App Tenant ID of the Azure Bot.",
    900023: "MicrosoftAppTenantId is no tenant id. Set it to the App Tenant ID of the Azure Bot.",
    50194: "The app is registered for one tenant only. Set MicrosoftAppType to SingleTenant.",
    65001: f"Nobody has allowed the app what it asks for: {_CONSENT}.",
    90094: f"This needs an administrator's consent: {_CONSENT}.",
    500011: "What the token is for is unknown in this tenant. Compare MicrosoftAppTenantId with the Azure Bot's.",
    53003: "A policy of Conditional Access of the tenant forbids it. Its administrator lets this app through.",
    90009: "The app does not give tokens for itself; write to the bot in Teams to see that it answers.",
    **dict.fromkeys(
        (50033, 50196, 90006, 90012, 90024, 90033, 90055, 90090),
        "Microsoft's sign-in is busy or down. Wait some minutes, and check again.",
    ),
}
_NUMBER = re.compile(r"AADSTS([0-9]+)", re.ASCII)


def repair(said: str) -> str:
    """What to do about the refusal that is told in `said`; empty where it has no number."""
    found = _NUMBER.search(said)
    if not found:
        return ""
    looked_up = f"Microsoft explains it at https://login.microsoftonline.com/error?code={found[1]}."
    return _REPAIRS.get(int(found[1]), looked_up)
