"""Templates in the database: a row for everything that becomes of one, of which the last says how it stands."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import bindparam, select, update

from changes.reporting.search import comparable
from changes.templates import Template
from storage.codec import decode, encode
from storage.columns import among
from storage.tables import templates
from storage.traces import Traces
from storage.transaction import SqlStore

_key = templates.c.key == bindparam("named")
_OF = (
    select(templates.c.body)
    .where(among(templates.c.service, "services"), templates.c.is_current)
    .order_by(templates.c.service, templates.c.key)
)
_GET = select(templates.c.body).where(_key).order_by(templates.c.entry.desc()).limit(1)
_OVER = update(templates).where(_key, templates.c.entry == bindparam("before")).values(is_current=False)


class SqlTemplates(SqlStore):
    """Templates in the database."""

    async def of(self, services: Collection[str]) -> tuple[Template, ...]:
        found = await self._transaction.execute(_OF, {"services": sorted(services)})
        return tuple(decode(Template, each) for each in found.scalars())

    async def get(self, name: str) -> Template | None:
        body = (await self._transaction.execute(_GET, {"named": comparable(name)})).scalar_one_or_none()
        return decode(Template, body) if body is not None else None

    async def save(self, template: Template) -> None:
        key, entry = comparable(template.name), template.entry + 1
        if template.entry:
            await self._transaction.execute_one(_OVER, {"named": key, "before": template.entry})
        row = {"key": key, "entry": entry, "service": template.plan.service, "is_current": True}
        await self._transaction.add(templates, ("key", "entry"), row | {"body": encode(replace(template, entry=entry))})


def without_addresses(body: str, traces: Traces) -> str:
    """The template that does not write to their addresses, as no change from it does that is stored."""
    template = decode(Template, body)
    notify = tuple(each for each in template.plan.notify if not traces.mails.fullmatch(each.strip()))
    return encode(replace(template, plan=replace(template.plan, notify=notify)))


def columns_of_template(before: str, after: str) -> dict[str, str]:
    """The columns of the template `after` somebody was forgotten, found by its name as that reads now.

    What was pre-approved is what it locks now, if that was so `before`.
    """
    was, now = decode(Template, before), decode(Template, after)
    if was.approval is not None and now.approval is not None and was.approval.fingerprint == was.fingerprint:
        now = replace(now, approval=replace(now.approval, fingerprint=now.fingerprint))
    return {"key": comparable(now.name), "body": encode(now)}
