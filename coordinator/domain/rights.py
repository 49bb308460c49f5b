"""Who may report what. Each check returns the refusal, or None where the actor may.

`who_may` is the table: `outside_role` asks it before anything is decided; the other checks are its scopes, asked where the case or unit is known.

Rights belong to a body within a project. The helpline's people act for the whole network in the role `helpline`, whatever their body.
"""

from __future__ import annotations

from coordinator.domain.deciding import refused
from coordinator.domain.draft import Draft
from coordinator.domain.state import Case
from coordinator.domain.who_may import may_report
from events.fact import Actor
from events.facts import Event
from events.verdict import Refused
from events.vocabulary import Programme, RefusalCode, Role, TransferStage

_ROLE = refused(RefusalCode.ROLE_NOT_ALLOWED, "actor")
_BODY = refused(RefusalCode.BODY_NOT_ALLOWED, "actor")
_NOT_RESPONSIBLE = refused(RefusalCode.NOT_RESPONSIBLE, "case_id")
_NOT_ASKED = refused(RefusalCode.NOT_ASKED, "actor")
_ON_THE_WAY = (TransferStage.ACCEPTED, TransferStage.DEPARTED)


def outside_role(event: Event) -> Refused | None:
    """Whether the table gives the actor's role no right to report such an event, whatever it is about."""
    return None if may_report(event.actor.role, type(event).__name__) else _ROLE


def acts_for(draft: Draft, actor: Actor, project_id: str | None) -> bool:
    """Whether the actor's body may act for a project; nobody's does for None."""
    project = draft.projects.get(project_id) if project_id is not None else None
    return project is not None and actor.body in project.bodies


def in_any_project(draft: Draft, actor: Actor) -> bool:
    """Whether the actor's body belongs to some project."""
    return any(actor.body in project.bodies for project in draft.projects.values())


def runs(draft: Draft, project_id: str) -> Refused | None:
    """A project whose programme runs; it has to be one."""
    return None if draft.projects[project_id].programme is Programme.RUNNING else refused(RefusalCode.PROGRAMME_OVER, "project_id")


def helpline(actor: Actor) -> Refused | None:
    """The helpline alone."""
    return None if actor.role is Role.HELPLINE else _ROLE


def administrator(actor: Actor) -> Refused | None:
    """Administrators alone."""
    return None if actor.role is Role.ADMINISTRATOR else _ROLE


def administrator_or_project(draft: Draft, actor: Actor, project_id: str) -> Refused | None:
    """An administrator, or a body of the project."""
    if actor.role is Role.ADMINISTRATOR:
        return None
    if actor.role is not Role.PROJECT:
        return _ROLE
    return None if acts_for(draft, actor, project_id) else _BODY


def staff_for(draft: Draft, actor: Actor, project_id: str) -> Refused | None:
    """A body of the project; an administrator or the helpline on its behalf."""
    if actor.role in (Role.ADMINISTRATOR, Role.HELPLINE):
        return None
    if actor.role is not Role.PROJECT:
        return _ROLE
    return None if acts_for(draft, actor, project_id) else _BODY


def project_or_helpline(draft: Draft, actor: Actor, project_id: str) -> Refused | None:
    """A body of the project, or the helpline on its behalf, on the telephone with it."""
    if actor.role is Role.HELPLINE:
        return None
    if actor.role is not Role.PROJECT:
        return _ROLE
    return None if acts_for(draft, actor, project_id) else _BODY


def any_project_or_helpline(draft: Draft, actor: Actor) -> Refused | None:
    """A body of any project, or the helpline."""
    if actor.role is Role.HELPLINE:
        return None
    if actor.role is not Role.PROJECT:
        return _ROLE
    return None if in_any_project(draft, actor) else _BODY


def responsible_or_helpline(draft: Draft, actor: Actor, case: Case) -> Refused | None:
    """A body of the project responsible for the case, or the helpline."""
    refusal = any_project_or_helpline(draft, actor)
    if refusal is not None or actor.role is Role.HELPLINE or acts_for(draft, actor, case.responsible):
        return refusal
    return _NOT_RESPONSIBLE


def involved_or_helpline(draft: Draft, actor: Actor, case: Case) -> Refused | None:
    """Who is responsible for the case, the project that has accepted it or hosts it, or the helpline."""
    transfer = case.transfer
    accepted = transfer.proposal if transfer is not None and transfer.stage in _ON_THE_WAY else None
    if accepted is not None and actor.role is Role.PROJECT and acts_for(draft, actor, accepted.project_id):
        return None
    hosting = draft.units.get(case.hosted_unit_id) if case.hosted_unit_id is not None else None
    if hosting is not None and actor.role is Role.PROJECT and acts_for(draft, actor, hosting.project_id):
        return None
    return responsible_or_helpline(draft, actor, case)


def told_or_helpline(draft: Draft, actor: Actor, case: Case) -> Refused | None:
    """Who is responsible for the case, the project that its referral went to, or the helpline."""
    if case.responsible is None and actor.role is Role.PROJECT and acts_for(draft, actor, case.routed_to):
        return None
    return responsible_or_helpline(draft, actor, case)


def asked_or_helpline(draft: Draft, actor: Actor, project_id: str) -> Refused | None:
    """A body of the project that was asked, or the helpline on its behalf, on the telephone with it."""
    return None if actor.role is Role.HELPLINE else asked(draft, actor, project_id)


def project(draft: Draft, actor: Actor) -> Refused | None:
    """A body of any project; the helpline does not speak for one here, because people of that project decide."""
    if actor.role is not Role.PROJECT:
        return _ROLE
    return None if in_any_project(draft, actor) else _BODY


def asked(draft: Draft, actor: Actor, project_id: str) -> Refused | None:
    """A body of the project that was asked."""
    refusal = project(draft, actor)
    if refusal is not None or acts_for(draft, actor, project_id):
        return refusal
    return _NOT_ASKED
