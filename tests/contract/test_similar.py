"""Completed changes that are like another one (docs/process.md, P128)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.queries.past import similar_changes, telling_words
from changes.events import Cancelled, Drafted, Event
from changes.lifecycle import fold
from changes.model import Change, State, TemplateRef
from storage import Store
from tests.contract import subjects as s

DONE = (s.submitted(), s.completed())


async def past(store: Store, title: str, *events: Event, day: int = 40, service: str = "learn") -> Change:
    async with store.units() as unit:
        return await s.saved(unit, *events, about=s.plan(service, day, title))


async def like(store: Store, title: str) -> list[str]:
    async with store.units() as unit:
        change = await s.saved(unit, about=s.plan(title=title))
        return [each.plan.title for each in await similar_changes(unit, change)]


async def test_most_words_in_common_come_first_then_the_newest_and_three_are_enough(store: Store) -> None:
    for day, title in enumerate(("Moodle update 4", "Moodle major update 5", "Moodle update 6", "Moodle update 7")):
        await past(store, title, *DONE, day=40 + day)
    await past(store, "Certificate of the forum", *DONE)
    assert await like(store, "Major UPDATE of Moodle") == [
        "Moodle major update 5",
        "Moodle update 7",
        "Moodle update 6",
    ]


async def test_one_word_of_several_is_not_enough_and_accents_and_capitals_do_not_count(store: Store) -> None:
    await past(store, "Mise à jour générale du dépôt", *DONE)
    assert await like(store, "Générale et autre chose") == []
    assert await like(store, "GENERALE: le depot") == ["Mise à jour générale du dépôt"]
    assert await like(store, "Dépôt") == ["Mise à jour générale du dépôt"], "it has no more words"


async def test_one_of_the_same_template_is_alike_whatever_its_title(store: Store) -> None:
    monthly, other = (s.plan(title=each) for each in ("Monthly updates", "Something else"))
    async with store.units() as unit:
        for name, about in (("Updates", other), ("Certificate", monthly)):
            new_id = await unit.changes.new_id(2026)
            trail = s.entries(Drafted(new_id, about, TemplateRef(name, 1)), *DONE)
            await unit.changes.save(fold(trail), 0, trail, (), (), s.NOW)
        now = Change("", s.RITA, replace(monthly, title="May"), State.DRAFT, s.NOW, template=TemplateRef("Updates", 2))
        assert [each.plan.title for each in await similar_changes(unit, now)] == ["Something else"]


async def test_what_did_not_take_place_is_another_service_s_or_has_no_telling_word_is_never_found(store: Store) -> None:
    await past(store, "Moodle update")
    await past(store, "Moodle update", s.submitted())
    await past(store, "Moodle update", s.submitted(), Cancelled("No."))
    await past(store, "Moodle update", *DONE, service="mail")
    await past(store, "Put it on", *DONE)
    assert await like(store, "Moodle update") == []
    assert await like(store, "Put it on") == []


@pytest.mark.parametrize("odd", ["100% %%%% ____", "", "\x01\x01\x01\x01 \x00", "'; drop table", "🦜🦜🦜🦜 🦜🦜🦜🦜"])
async def test_signs_of_all_sorts_find_nothing(store: Store, odd: str) -> None:
    await past(store, "Moodle update", *DONE, day=40 + timedelta(days=1).days)
    assert await like(store, odd) == []


def test_the_words_of_a_title_are_its_long_ones_each_once() -> None:
    words = {"update", "version", "beta", "elephant"}
    assert telling_words("Update of the DB: update to version 5_beta, avec Éléphant") == words
