"""Permissions, cell by cell: the expected table is written out, not computed."""

import pytest

from core.errors import NotAllowed, NotSignedIn, WrongPhase
from core.permissions import ALLOWED, OPERATOR, Action, Actor, Role, guest, may, require
from core.phases import Phase

# p preparation · i ideas · r review · v voting · c counting · e results · m implementation
PHASES = dict(zip("pirvcem", Phase, strict=True))

EXPECTED = """
action                  guest    resident  reviewer  organiser  council  auditor  operator
see_round               pirvcem  pirvcem   pirvcem   pirvcem    pirvcem  pirvcem  pirvcem
see_draft_round         -        -         p         p          p        p        p
see_tally               vcem     vcem      vcem      vcem       vcem     vcem     vcem
see_unpublished_result  -        -         -         c          -        c        c
read_journal            -        -         -         pirvcem    pirvcem  pirvcem  pirvcem
propose_idea            -        i         -         -          -        -        -
edit_idea               -        ir        -         -          -        -        -
withdraw_idea           -        ir        -         -          -        -        -
enter_code              -        pirv      -         -          -        -        -
cast_ballot             -        v         -         -          -        -        -
review_idea             -        -         ir        ir         -        -        -
see_waiting_ideas       -        -         irvcem    irvcem     -        irvcem   -
hide                    -        -         -         pirvcem    -        -        -
see_hidden              -        -         pirvcem   pirvcem    -        pirvcem  pirvcem
create_round            -        -         -         pirvcem    -        -        -
edit_round              -        -         -         pirvc      -        -        -
change_round            -        -         -         pirvc      -        -        -
change_list             -        -         -         pirv       -        -        -
edit_projects           -        -         -         pirv       -        -        -
make_codes              -        -         -         pirv       -        -        -
release_codes           -        -         -         pirv       -        -        -
stop_codes              -        -         -         pirv       -        -        -
reissue_code            -        -         -         pirv       -        -        -
see_codes               -        -         -         pirvcem    -        pirvcem  -
publish_round           -        -         -         p          -        -        -
prepare_commission      -        -         -         pir        -        -        -
close_vote              -        -         -         c          -        -        -
draw_ties               -        -         -         c          -        -        -
open_ballots            -        -         -         c          -        -        -
count                   -        -         -         c          -        -        c
publish_result          -        -         -         c          -        -        -
void_round              -        -         -         pirvc      -        -        -
anonymise               -        -         -         em         -        -        em
withdraw_project        -        -         -         vc         -        -        -
correct_words           -        -         -         vc         -        -        -
part_round              -        -         -         -          -        -        c
note_objection          -        -         -         em         -        -        -
answer_objection        -        -         -         em         -        -        -
see_openings            -        -         -         -          -        cem      -
import_election         -        -         -         pirvcem    -        -        pirvcem
reset_sign_in           -        -         -         pirvcem    -        -        pirvcem
erase_account           -        -         -         pirvcem    -        -        -
invite_people           -        -         -         pirvcem    -        -        pirvcem
manage_people           -        -         -         -          -        -        pirvcem
edit_places             -        -         -         pirvcem    -        -        pirvcem
edit_municipality       -        -         -         -          -        -        pirvcem
"""

HEAD, *LINES = (line.split() for line in EXPECTED.strip().splitlines())
CELLS = {
    (Action(line[0]), Role(role)): frozenset(PHASES[letter] for letter in cell if letter != "-")
    for line in LINES
    for role, cell in zip(HEAD[1:], line[1:], strict=True)
}


def person(*roles: Role) -> Actor:
    return Actor(1, 1, "ana", frozenset(roles), "p-1")


def test_the_expected_table_names_every_action_and_role():
    assert set(CELLS) == {(action, role) for action in Action for role in Role}


@pytest.mark.parametrize(("action", "role"), CELLS, ids=lambda each: str(each))
def test_a_role_may_do_this_in_these_phases_and_no_others(action: Action, role: Role):
    allowed = frozenset(phase for phase in Phase if may(person(role), action, phase))

    assert allowed == CELLS[action, role]


def test_the_table_holds_no_empty_cells():
    assert all(phases for roles in ALLOWED.values() for phases in roles.values())


def test_roles_add_up():
    both = person(Role.resident, Role.organiser)

    assert may(both, Action.cast_ballot, Phase.voting) and may(both, Action.make_codes, Phase.voting)


def test_a_guest_is_asked_to_sign_in_for_what_residents_may_do():
    with pytest.raises(NotSignedIn):
        require(guest(1), Action.cast_ballot, Phase.voting)


def test_a_guest_is_refused_what_only_staff_may_do():
    with pytest.raises(NotAllowed):
        require(guest(1), Action.count, Phase.counting)


def test_the_wrong_phase_says_which_would_be_right():
    with pytest.raises(WrongPhase) as refusal:
        require(person(Role.resident), Action.cast_ballot, Phase.counting)

    assert refusal.value.allowed == (Phase.voting,)


def test_the_operator_never_votes():
    with pytest.raises(NotAllowed):
        require(OPERATOR, Action.cast_ballot, Phase.voting)
