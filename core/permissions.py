"""Permissions: what each role may do in each phase, as one table that is read aloud before a council."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from core.errors import NotAllowed, NotSignedIn, WrongPhase
from core.phases import Phase
from core.texts import DEFAULT

__all__ = [
    "ALLOWED", "OPERATOR", "Action", "Actor", "Phase", "Role", "guest", "may", "operator", "require", "roles_for",
]  # fmt: skip


class Role(StrEnum):
    """What a person may be here; everyone with an account is a resident. `operator` sits at the server."""

    guest = "guest"
    resident = "resident"
    reviewer = "reviewer"
    organiser = "organiser"
    council = "council"
    auditor = "auditor"
    operator = "operator"


class Action(StrEnum):
    """What can be done. Reading what is public to everyone needs `see_round` only."""

    see_round = "see_round"
    see_draft_round = "see_draft_round"
    see_tally = "see_tally"
    see_unpublished_result = "see_unpublished_result"
    read_journal = "read_journal"
    propose_idea = "propose_idea"
    edit_idea = "edit_idea"
    withdraw_idea = "withdraw_idea"
    enter_code = "enter_code"
    cast_ballot = "cast_ballot"
    review_idea = "review_idea"
    hide = "hide"
    see_hidden = "see_hidden"
    see_waiting_ideas = "see_waiting_ideas"
    create_round = "create_round"
    edit_round = "edit_round"
    change_round = "change_round"
    change_list = "change_list"
    withdraw_project = "withdraw_project"
    correct_words = "correct_words"
    edit_projects = "edit_projects"
    make_codes = "make_codes"
    release_codes = "release_codes"
    stop_codes = "stop_codes"
    reissue_code = "reissue_code"
    see_codes = "see_codes"
    publish_round = "publish_round"
    prepare_commission = "prepare_commission"
    close_vote = "close_vote"
    draw_ties = "draw_ties"
    open_ballots = "open_ballots"
    count = "count"  # type: ignore[assignment]  # as a text it also has a method of this name
    publish_result = "publish_result"
    void_round = "void_round"
    anonymise = "anonymise"
    part_round = "part_round"
    note_objection = "note_objection"
    answer_objection = "answer_objection"
    see_openings = "see_openings"
    import_election = "import_election"
    reset_sign_in = "reset_sign_in"
    erase_account = "erase_account"
    invite_people = "invite_people"
    manage_people = "manage_people"
    edit_municipality = "edit_municipality"
    edit_places = "edit_places"


_guest, _resident, _reviewer = Role.guest, Role.resident, Role.reviewer
_organiser, _council, _auditor, _operator = Role.organiser, Role.council, Role.auditor, Role.operator

_preparation, _ideas, _review = frozenset({Phase.preparation}), frozenset({Phase.ideas}), frozenset({Phase.review})
_voting, _counting = frozenset({Phase.voting}), frozenset({Phase.counting})
_always = frozenset(Phase)
_once_public = _always - _preparation
_until_voting = _preparation | _ideas | _review
_until_close = _until_voting | _voting
_until_result = _until_close | _counting
_after = frozenset({Phase.results, Phase.implementation})
_from_voting = _always - _until_voting

# A published round that has not begun is in preparation too, and everyone may see it; that a draft is
# hidden is `see_draft_round`. What a round's settings hide besides – its tally – is not in this table.
ALLOWED: Mapping[Action, Mapping[Role, frozenset[Phase]]] = MappingProxyType({
    # Seeing
    Action.see_round: dict.fromkeys(Role, _always),
    Action.see_draft_round: {
        _reviewer: _preparation, _organiser: _preparation, _council: _preparation, _auditor: _preparation,
        _operator: _preparation,
    },
    Action.see_tally: dict.fromkeys(Role, _from_voting),
    Action.see_unpublished_result: {_organiser: _counting, _auditor: _counting, _operator: _counting},
    Action.read_journal: {_organiser: _always, _council: _always, _auditor: _always, _operator: _always},
    # Taking part
    Action.propose_idea: {_resident: _ideas},
    Action.edit_idea: {_resident: _ideas | _review},
    Action.withdraw_idea: {_resident: _ideas | _review},
    Action.enter_code: {_resident: _until_close},
    Action.cast_ballot: {_resident: _voting},
    # Judging ideas
    Action.review_idea: {_reviewer: _ideas | _review, _organiser: _ideas | _review},
    Action.see_waiting_ideas: {_reviewer: _once_public, _organiser: _once_public, _auditor: _once_public},
    # Hidden words are for those who see what is not published, and for their authors.
    Action.hide: {_organiser: _always},
    Action.see_hidden: {_reviewer: _always, _organiser: _always, _auditor: _always, _operator: _always},
    # Running a round
    Action.create_round: {_organiser: _always},
    Action.edit_round: {_organiser: _until_result},
    Action.change_round: {_organiser: _until_result},
    Action.change_list: {_organiser: _until_close},
    # After the first ballot, when nothing else of what is voted on can change.
    Action.withdraw_project: {_organiser: _voting | _counting},
    Action.correct_words: {_organiser: _voting | _counting},
    Action.edit_projects: {_organiser: _until_close},
    Action.make_codes: {_organiser: _until_close},
    Action.release_codes: {_organiser: _until_close},
    Action.stop_codes: {_organiser: _until_close},
    Action.reissue_code: {_organiser: _until_close},
    Action.see_codes: {_organiser: _always, _auditor: _always},
    Action.publish_round: {_organiser: _preparation},
    Action.prepare_commission: {_organiser: _until_voting},
    Action.close_vote: {_organiser: _counting},
    Action.draw_ties: {_organiser: _counting},
    Action.open_ballots: {_organiser: _counting},
    Action.count: {_organiser: _counting, _operator: _counting},
    Action.publish_result: {_organiser: _counting},
    Action.void_round: {_organiser: _until_result},
    Action.anonymise: {_organiser: _after, _operator: _after},
    Action.part_round: {_operator: _counting},
    Action.note_objection: {_organiser: _after},
    Action.answer_objection: {_organiser: _after},
    # Openings show what every slot holds. They are the auditor's alone, and she never learns whose slot it is.
    Action.see_openings: {_auditor: _counting | _after},
    Action.import_election: {_organiser: _always, _operator: _always},
    # Running the place
    Action.reset_sign_in: {_organiser: _always, _operator: _always},
    Action.erase_account: {_organiser: _always},
    Action.invite_people: {_organiser: _always, _operator: _always},
    Action.manage_people: {_operator: _always},
    Action.edit_municipality: {_operator: _always},
    Action.edit_places: {_organiser: _always, _operator: _always},
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person, a guest without an id, or the operator at the server."""

    person_id: int | None
    municipality_id: int
    nickname: str
    roles: frozenset[Role]
    pseudonym: str
    language: str = DEFAULT
    birth_year: int | None = None
    area_id: int | None = None
    # When her account was last opened with a one-time link, which others may have made.
    helped_at: datetime | None = None
    # How many wrong second steps came before this sign-in, until she has read it.
    missed: int = 0

    @property
    def signed_in(self) -> bool:
        """Return whether this is a person with an account."""
        return self.person_id is not None

    def has(self, *roles: Role) -> bool:
        """Return whether the actor holds one of the roles."""
        return not self.roles.isdisjoint(roles)


def guest(municipality_id: int, language: str = DEFAULT) -> Actor:
    """Return someone who is not signed in."""
    return Actor(None, municipality_id, "", frozenset({Role.guest}), "", language)


def operator(municipality_id: int = 0) -> Actor:
    """Return whoever sits at the server; municipality 0 is none in particular."""
    return Actor(None, municipality_id, "", frozenset({Role.operator}), "server")


OPERATOR = operator()


def may(actor: Actor, action: Action, phase: Phase | None = None) -> bool:
    """Return whether one of the actor's roles may do this in the phase, or in any if none is given."""
    phases = _phases(actor, action)
    return bool(phases) if phase is None else phase in phases


def require(actor: Actor, action: Action, phase: Phase | None = None) -> None:
    """Refuse what the table does not allow: NotSignedIn, NotAllowed or WrongPhase."""
    phases = _phases(actor, action)
    if phases and (phase is None or phase in phases):
        return
    if phases and phase is not None:
        raise WrongPhase(action=action, phase=phase, allowed=tuple(each for each in Phase if each in phases))
    if Role.guest in actor.roles and Role.resident in ALLOWED[action]:
        raise NotSignedIn(action=action)
    raise NotAllowed(action=action, roles=tuple(sorted(actor.roles)), phase=phase)


def roles_for(action: Action) -> tuple[Role, ...]:
    """Return the roles that may ever do this, in the order of Role."""
    return tuple(role for role in Role if role in ALLOWED[action])


def _phases(actor: Actor, action: Action) -> frozenset[Phase]:
    """Return the phases in which the actor may do this, all her roles together."""
    allowed = ALLOWED[action]
    return frozenset().union(*(allowed[role] for role in actor.roles if role in allowed))
