"""Where everybody and every service speaks French, no English word stands inside a French sentence."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from language.sentences import ROOT
from tests.support.days import moment
from tests.support.french import english_in
from tests.support.running import FORM, START, Bot, running
from tests.support.teams import CLAIRE, EVERYBODY, LUC, NADIA, PIERRE, Somebody, actions, words

PLAN = {
    "title": "Mise à jour 5.0",
    "what": "La plateforme passe de 4.5 à 5.0.",
    "why": "La 4.5 n’est plus corrigée.",
    "tests": "Se connecter\nOuvrir un cours",
    "risks": "Aucun connu",
    "rollback": "Restaurer les données",
    "affected": "Les cours ne s’ouvrent pas.",
}
DAY = {
    (15, 19, 16): ["commencé 1", "échoué 1 Plus de place.", "réessayer 1", "commencé 1"],
    (15, 21, 55): ["fini 1 avant-v5 données"],
    (15, 22, 0): ["démarrer 1", "tester 1 1 échec La page reste vide.", "tester 1", "problème 1 Rien ne va."],
    (15, 22, 30): ["résolu 1", "prolonger 1 45 min C’est lent.", "incident 1 Personne n’entre."],
    (15, 22, 40): ["essayé 1 correction Redémarré.", "informer 1 On restaure.", "restaurer 1"],
}
LOOKS = (
    *("aide", "liste", "voir 1", "calendrier", "statistiques", "tâches", "registre 1", "absent", "document 1"),
    *("bonjour", "merci", "annuller 1", "charabia", "afficher 77", "tester 1 9", "prolonger 1 deux jours", "admin"),
    *("absent 12.7.2027 30.7.2027", "calendrier 04/05/2027", "langue fr", "déplacer 1 hier", "nouveau"),
)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    settings = (ROOT / "local" / "services.toml").read_text(encoding="utf-8")
    settings = settings.replace('["en", "fr"]', '["fr"]').replace('"vps_api"', '"dashboard"')
    settings = re.sub(r"steps = \[.*?\]", "steps = []", settings, flags=re.DOTALL).replace("January exams", "Examens")
    (tmp_path / "services.toml").write_text(settings, encoding="utf-8")
    async with running(tmp_path, START, CHANGE_SERVICES=str(tmp_path / "services.toml")) as bot:
        bot.teams.locales |= {who.name: "fr-CH" for who in EVERYBODY}
        yield bot


def everything(bot: Bot, since: int) -> set[str]:
    """Each text that was sent since so many calls, of a message, a card and its buttons."""
    found = set[str]()
    for call in bot.teams.calls[since:]:
        found |= {call.message.text, str(call.message.activity.get("summary", ""))}
        card = call.message.card
        found |= {*words(card), *(str(action.get("title", "")) for action in actions(card or {}))}
    return found - {""}


async def test_no_english_word_stands_inside_a_french_sentence_from_the_request_to_the_end(bot: Bot) -> None:
    since = len(bot.teams.calls)
    typed = [*PLAN.values(), *FORM.values(), (bot.folder / "services.toml").read_text(encoding="utf-8")]

    async def say(who: Somebody, line: str) -> None:
        typed.append(line)
        await bot.type(who, f"/changement {line}")

    await bot.requested(PLAN)
    for line in ("déplacer 1 16.4.2027 22:00 90 min", "déplacer 1 15.4.2027 22:00 90 min", "reporter 1 Pas encore."):
        await say(NADIA, line)
    await say(NADIA, "déplacer 1 15.4.2027 22:00 90 min")
    await bot.advance(moment(4, 1, 9, 0))
    await say(PIERRE, "corriger 1 Quels cours ?")
    await say(NADIA, "soumettre 1")
    await say(NADIA, "modifier 1")
    await bot.press(NADIA, "change.edit", **(FORM | PLAN | {"title": "Mise à jour 5.1"}))
    await say(LUC, "approuver 1")
    await say(PIERRE, "approuver 1")
    await bot.advance(moment(4, 8, 9, 0))
    await say(PIERRE, "go 1")
    for (day, hour, minute), lines in DAY.items():
        await bot.advance(moment(4, day, hour, minute))
        for line in lines:
            await say(NADIA, line)
    await say(CLAIRE, "confirmer 1 Hannibal")
    await bot.advance(moment(4, 15, 23, 55))
    for line in ("restauré 1", "tester 1 tous réussi", "terminer 1"):
        await say(NADIA, line)
    await bot.advance(moment(4, 19, 9, 0))
    for line in LOOKS:
        await say(PIERRE, line)
    await say(NADIA, "bilan 1 Plus de temps.")
    assert (await bot.change()).review
    strays = english_in(everything(bot, since), " ".join([*typed, str(bot.folder), *(who.name for who in EVERYBODY)]))
    assert not strays, strays
