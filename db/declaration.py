"""The declaration: every column, whose it is, why it is kept and until when. A column that is not here fails a test.

It stands next to the tables so that whoever adds a column writes down why. Pages turn it into plain words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Whose(StrEnum):
    """What a value says about a person."""

    personal = "personal"  # about somebody with an account
    pseudonym = "pseudonym"  # a name for her that stays when the account goes
    keyed = "keyed"  # leads to somebody only with a key that is not in the database
    public = "public"  # for everyone to see
    nobody = "nobody"  # about the town, a round or the server


class Why(StrEnum):
    """What a value is needed for."""

    name = "name"  # what others call her, and signing in
    mail = "mail"  # signing in, and being reached if she wants to
    age = "age"  # whether she may vote
    place = "place"  # which quarter an idea or a turnout is about
    proof = "proof"  # that it is she who signs in
    second = "second"  # that staff show a second thing besides the password
    sign_in = "sign_in"  # that she stays signed in
    link = "link"  # that she gets in without a password, once
    device = "device"  # that she knows her own sign-ins again
    language = "language"
    unused = "unused"  # that an account nobody uses goes
    role = "role"  # what she may do
    account = "account"  # that the account hangs together
    idea = "idea"  # what she proposes to the town
    judging = "judging"  # why an idea was taken or refused
    right = "right"  # that she may vote, once
    code = "code"  # that every code is used once
    holder = "holder"  # that a lost code can be replaced
    replaced = "replaced"  # that nobody votes with the lost code and with the new one
    secret_vote = "secret_vote"  # one person, one ballot, and nobody knows whose
    checking = "checking"  # that anyone can check the count
    duty = "duty"  # who did what in office
    pseudonym = "pseudonym"  # her name in the record of what was done in office
    reviewer = "reviewer"  # which verdicts are hers
    asked = "asked"  # who asked for what waits for somebody else
    guessing = "guessing"  # that nobody tries all passwords
    hidden = "hidden"  # that everyone reads why words are hidden
    erasure = "erasure"  # that two people may erase an account whose owner, or a parent, asks for it
    running = "running"  # that the round, the town or the server works


class Until(StrEnum):
    """When a value goes by itself, or by whose hand."""

    erased = "erased"  # she erases her account, or nobody has logged in to it for two years and a month
    withdrawn = "withdrawn"  # she withdraws the idea or erases her account; what is on the ballot stays without a name
    sign_in = "sign_in"  # a day after the sign-in ended
    used = "used"  # it is used, or a few days have passed
    hours = "hours"  # an hour has passed, of a second step thirty days
    close = "close"  # voting is closed, at the latest a year after its end
    objection = "objection"  # the objection window after the round; a year after voting where it is never closed
    shown = "shown"  # it is shown again, or goes with what it hides
    stays = "stays"  # for good: the town's record


@dataclass(frozen=True, slots=True)
class Kept:
    """One column."""

    table: str
    column: str
    whose: Whose
    why: Why
    until: Until


_OWN = Whose.personal
_TOWN = (Whose.nobody, Why.running, Until.stays)
_BOARD = (Whose.public, Why.checking, Until.stays)

# Table → groups of columns that have the same answers.
_GROUPS: Mapping[str, tuple[tuple[str, Whose, Why, Until], ...]] = MappingProxyType({
    "person": (
        ("nickname nickname_key nickname_look", _OWN, Why.name, Until.erased),
        ("email email_key", _OWN, Why.mail, Until.erased),
        ("birth_year", _OWN, Why.age, Until.erased),
        ("area_id", _OWN, Why.place, Until.erased),
        ("password_hash recovery_hash", _OWN, Why.proof, Until.erased),
        ("language", _OWN, Why.language, Until.erased),
        ("used_on", _OWN, Why.unused, Until.erased),
        ("id municipality_id created_at helped_at demo", _OWN, Why.account, Until.erased),
        ("pseudonym", Whose.pseudonym, Why.pseudonym, Until.erased),
    ),
    "person_role": (("person_id role", _OWN, Why.role, Until.erased),),
    "sign_in": (
        ("token_hash person_id created_at seen_at expires_at second_step missed", _OWN, Why.sign_in, Until.sign_in),
        ("device", _OWN, Why.device, Until.sign_in),
    ),
    "sign_in_link": (("token_hash person_id expires_at used_at", _OWN, Why.link, Until.used),),
    "second_step": (("person_id secret last_step confirmed_at", _OWN, Why.second, Until.erased),),
    "second_step_code": (("person_id digest", _OWN, Why.second, Until.erased),),
    "invitation": (
        ("token_hash municipality_id role created_at expires_at", Whose.nobody, Why.role, Until.used),
        ("invited_by", Whose.pseudonym, Why.asked, Until.used),
    ),
    "throttle": (("bucket failures last_at", Whose.keyed, Why.guessing, Until.hours),),
    "idea": (
        ("author_id", _OWN, Why.idea, Until.withdrawn),
        ("language title problem solution place area_id category_id cost", _OWN, Why.idea,
         Until.withdrawn),
        ("id round_id status created_at updated_at submitted_at demo", _OWN, Why.idea, Until.withdrawn),
    ),
    "review": (
        ("reviewer_id", _OWN, Why.reviewer, Until.erased),
        ("id idea_id verdict cost reason created_at", Whose.public, Why.judging, Until.stays),
    ),
    "project": (
        ("id round_id code idea_id title text cost area_id category_id place lat lon position lot"
         " published_score selected conflicts withdrawn_at withdrawn_reason", Whose.public, Why.running, Until.stays),
    ),
    "hiding": (
        ("hidden_by", Whose.pseudonym, Why.hidden, Until.shown),
        ("person_id", _OWN, Why.hidden, Until.shown),
        ("id municipality_id idea_id project_id review_id part reason hidden_at", Whose.public, Why.hidden,
         Until.shown),
    ),
    "erasure_request": (
        ("person_id municipality_id on_behalf_of reason asked_at", _OWN, Why.erasure, Until.used),
        ("asked_by", Whose.pseudonym, Why.asked, Until.used),
    ),
    "roll": (("round_id person_id", _OWN, Why.right, Until.objection),),
    "code_batch": (
        ("made_by released_by", Whose.pseudonym, Why.duty, Until.stays),
        ("id round_id label size created_at released_at stopped_at used", *_TOWN),
        ("replaces", Whose.keyed, Why.replaced, Until.stays),
    ),
    "code": (
        ("id batch_id round_id digest slip spent", Whose.keyed, Why.code, Until.objection),
        ("holder", Whose.keyed, Why.holder, Until.close),
    ),
    "slot": (
        ("lookup sealed withdrawn number request_id", Whose.keyed, Why.secret_vote, Until.objection),
        ("id round_id revision commitment", *_BOARD),
    ),
    # The same ballots go on into their slots.
    "waiting_box": (("round_id sealed", Whose.keyed, Why.secret_vote, Until.objection),),
    "pending_leaf": (("commitment round_id kind number", Whose.public, Why.checking, Until.close),),
    "leaf": (("round_id position commitment kind live", *_BOARD),),
    "checkpoint": (("round_id size note", *_BOARD),),
    "journal_head": (("round_id size note", *_BOARD),),
    "voted_on": (("round_id number note", *_BOARD),),
    "receipt": (("round_id number commitment", *_BOARD),),
    "open_ballot": (("id round_id choices", *_BOARD),),
    "mismatch": (("id round_id commitment problem", *_BOARD),),
    "commission_member": (("round_id seat name rehearsed_at", Whose.public, Why.duty, Until.stays),),
    "turnout_day": (("round_id day ballots", *_BOARD),),
    "municipality": (
        ("id slug names contact_email imprint languages timezone read_only demo created_at",
         *_TOWN),
    ),
    "area": (("id municipality_id code names position lat lon retired_at", *_TOWN),),
    "category": (("id municipality_id code names position icon retired_at", *_TOWN),),
    "round": (
        ("id slug municipality_id titles intro contact_email budget currency timezone min_cost"
         " max_cost ideas_each age_min age_max age_on ballot_type min_choices max_choices rule rule_settings visibility"
         " tally_step code_required eligible_estimate eligible_source ideas_from ideas_until voting_from"
         " voting_until results_on implementation_from extended_at extended_reason published_at counted_at"
         " result_published_at voided_at void_reason count_public origin closed_at final_size final_root randomness"
         " randomness_source opened_at turnout keep_until held_until parted_at"
         " anonymised_at imported source_digest source demo version"
         " created_at", *_TOWN),
    ),
    "second_person": (
        ("asked_by declined_by", Whose.pseudonym, Why.asked, Until.used),
        ("id round_id action subject asked_at reason lines consent ended_at", Whose.nobody, Why.duty, Until.used),
    ),
    "objection": (
        ("noted_by answered_by", Whose.pseudonym, Why.duty, Until.stays),
        ("id round_id words noted_at answer answered_at", *_BOARD),
    ),
    "result": (("id round_id rule settings allocation ballots fingerprint checksum counted_at published_at", *_BOARD),),
    "journal": (
        ("pseudonym role", Whose.pseudonym, Why.duty, Until.stays),
        ("id municipality_id round_id at action facts number hash", Whose.nobody, Why.duty, Until.stays),
    ),
    "mark": (("name round_id value", *_TOWN),),
})  # fmt: skip

DECLARED: tuple[Kept, ...] = tuple(
    Kept(table, column, whose, why, until)
    for table, groups in _GROUPS.items()
    for columns, whose, why, until in groups
    for column in columns.split()
)
