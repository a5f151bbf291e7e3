"""Sentences for what core refuses: what happened, and what can be done.

May import: the other parts, the errors of core.
Begin with: `sentence`.
"""

from __future__ import annotations

from functools import singledispatch

from core import errors, permissions
from core.errors import GlasError
from pages.parts import dates
from pages.parts.i18n import _, n_
from pages.parts.names import people, phase, role
from pages.parts.refusals import files, server, trust
from pages.parts.refusals.fields import invalid


@singledispatch
def sentence(_error: GlasError) -> str:
    """Return the sentence for a refusal, in the current language."""
    return _(
        "This cannot be done now, and nothing was changed. Reload the page, or write to the municipality: its address "
        "is at the foot of every page."
    )


@sentence.register
def _not_signed_in(_error: errors.NotSignedIn) -> str:
    return _("Log in first, then you can go on.")


@sentence.register
def _not_allowed(error: errors.NotAllowed) -> str:
    try:
        may = permissions.roles_for(permissions.Action(error.action))
    except ValueError:
        may = ()
    roles = ", ".join(role(each) for each in may)
    return _("Only these roles may do this: {roles}.", roles=roles) if roles else _("You may not do this.")


@sentence.register
def _wrong_phase(error: errors.WrongPhase) -> str:
    if not error.allowed:
        return _("This is not possible now. The phase is: {phase}.", phase=phase(error.phase))
    allowed = ", ".join(phase(each) for each in error.allowed)
    return _("This is not possible now ({phase}), but in: {allowed}.", phase=phase(error.phase), allowed=allowed)


@sentence.register
def _not_found(error: errors.NotFound) -> str:
    return {
        "round": _("There is no such round. The address may be mistyped."),
        "idea": _("There is no such idea. It may have been withdrawn, or the address is mistyped."),
        "project": _("There is no such project on the ballot."),
        "person": _("There is no such account."),
    }.get(error.thing, _("We cannot find this. The address may be mistyped."))


@sentence.register
def _idea_waits(_error: errors.IdeaWaits) -> str:
    return _("The reviewers look at it first, then everyone can read it at this address.")


@sentence.register
def _invalid(error: errors.Invalid) -> str:
    return invalid(error.facts)


@sentence.register
def _sign_in_failed(_error: errors.SignInFailed) -> str:
    return _("The name or the password does not match.")


@sentence.register
def _demo_elsewhere(_error: errors.DemoElsewhere) -> str:
    return _(
        "Everybody knows the passwords of the demo, so its accounts open only in a browser on the computer that serves "
        "it, at an address such as http://127.0.0.1:8501. For a town of your own run glas init."
    )


@sentence.register
def _too_many_tries(error: errors.TooManyTries) -> str:
    if error.busy:
        return n_(
            "Many people are logging in right now. Try again in {count} second; what you typed stays.",
            "Many people are logging in right now. Try again in {count} seconds; what you typed stays.",
            max(1, error.seconds),
        )
    if error.seconds < 90:
        return n_(
            "Too many tries. Wait {count} second.", "Too many tries. Wait {count} seconds.", max(1, error.seconds)
        )
    if error.seconds > 120 * 60:
        hours = -(-error.seconds // 3600)
        return n_("Too many tries. Wait {count} hour.", "Too many tries. Wait {count} hours.", hours)
    return n_("Too many tries. Wait {count} minute.", "Too many tries. Wait {count} minutes.", -(-error.seconds // 60))


@sentence.register
def _second_step_needed(_error: errors.SecondStepNeeded) -> str:
    return _("This account has a second step: type the code of your app too.")


@sentence.register
def _code_not_released(_error: errors.CodeNotReleased) -> str:
    return _("This code is right but not released yet. Try again a little later, or ask where you got it.")


@sentence.register
def _code_unknown(error: errors.CodeUnknown) -> str:
    if error.typing:
        return _("There is a typing error in the code. Compare it letter by letter.")
    return _(
        "We do not know this participation code. Every round has codes of its own. Check it, or ask where you got it."
    )


@sentence.register
def _other_code(error: errors.OtherCode) -> str:
    return {
        "participation": _(
            "This is a participation code: it lets one person vote. Enter it above the ballot, or when you join."
        ),
        "recovery": _("This is a recovery code: it is only for a new password, when you have forgotten yours."),
    }.get(error.kind, _("This is a ballot number: with it you check that your vote is counted."))


@sentence.register
def _slip_unknown(_error: errors.SlipUnknown) -> str:
    return _("No code slip of this round has this number. Compare it with the hand-out sheet of the school.")


@sentence.register
def _code_spent(_error: errors.CodeSpent) -> str:
    return _("This participation code has already been used. If it wasn't you, write to the municipality.")


@sentence.register
def _code_stopped(_error: errors.CodeStopped) -> str:
    return _("This participation code was stopped with its whole batch. Ask for a new one where you got it.")


@sentence.register
def _code_replaced(error: errors.CodeReplaced) -> str:
    if error.released:
        return _("This code is void: a new one was made in its place. Only that new one can be replaced.")
    return _(
        "In place of this code a new one already waits for another organiser. If its slip went astray, discard it "
        "first under “Participation codes”."
    )


@sentence.register
def _not_eligible(error: errors.NotEligible) -> str:
    if error.reason == "code":
        return _("To vote you need a participation code. You get it at school, the Youth Centre or the library.")
    if error.reason == "age" and (error.age_min, error.age_max) != (None, None):
        who = people(error.age_min, error.age_max)
        return _("In this round {who} vote. You can still read everything.", who=who)
    return _("You cannot vote in this round. You can still read everything.")


@sentence.register
def _voting_not_open(error: errors.VotingNotOpen) -> str:
    return _("Voting starts on {date}.", date=dates.moment(error.opens_at))


@sentence.register
def _voting_closed(error: errors.VotingClosed) -> str:
    return _("Voting closed on {date}. A ballot that was accepted before counts.", date=dates.moment(error.closed_at))


@sentence.register
def _ballot_invalid(error: errors.BallotInvalid) -> str:
    number = error.missing or error.excess or len(error.codes) or 1
    if error.problem == "few":
        return n_("Choose {count} more project to continue.", "Choose {count} more projects to continue.", number)
    if error.problem == "many":
        return n_("Remove {count} project to continue.", "Remove {count} projects to continue.", number)
    return {
        "over": _("This costs more than the budget. Remove a project."),
        "unknown": _(
            "A project you chose is no longer on the ballot. Reload the page; the rest of your choice is kept."
        ),
        "withdrawn": _(
            "A project you chose was withdrawn, and cannot be chosen. Reload the page; the rest of your choice is kept."
        ),
        "repeated": _("One project is chosen twice. Reload the page and check your choice."),
    }.get(error.problem, _("This ballot cannot be counted. Reload the page and check your choice."))


@sentence.register
def _ballot_stale(_error: errors.BallotStale) -> str:
    return _("A newer ballot of yours has arrived from another tab or device. Reload the page to see where you stand.")


@sentence.register
def _too_many_replacements(error: errors.TooManyReplacements) -> str:
    return n_(
        "You have changed your ballot very often. The last one counts; change it again in {count} second.",
        "You have changed your ballot very often. The last one counts; change it again in {count} seconds.",
        max(1, error.seconds),
    )


@sentence.register
def _tally_hidden(error: errors.TallyHidden) -> str:
    if error.sealed:
        return _("The ballots of the round {round} are sealed until its organisers open them.", round=error.round)
    return _(
        "The round {round} keeps its tally hidden until its result is published, also from you.", round=error.round
    )


@sentence.register
def _locked(error: errors.Locked) -> str:
    if error.what == "birth_year":
        return _("While a ballot of yours stands, your year of birth stays as it is. Everything else can be changed.")
    if error.since is None:
        return _("This cannot be changed any more.")
    return _("This cannot be changed since {date}.", date=dates.moment(error.since))


@sentence.register
def _same_person(_error: errors.SamePerson) -> str:
    return _("Somebody else has to do this: nobody confirms or judges what is their own.")


@sentence.register
def _second_person_needed(_error: errors.SecondPersonNeeded) -> str:
    return _("The round is public, so this takes two organisers and a public reason. Ask for the change.")


@sentence.register
def _consent_differs(_error: errors.ConsentDiffers) -> str:
    return _(
        "The request that was on your page waits no longer: it was changed, taken back or answered in between. You "
        "have changed nothing. Look at the page again."
    )


@sentence.register
def _request_waits(_error: errors.RequestWaits) -> str:
    return _("Another organiser’s request waits already. Reload the page: agree to it, or decline it, then ask anew.")


@sentence.register
def _ideas_full(error: errors.IdeasFull) -> str:
    return n_(
        "You have sent {count} idea – as many as one person can in this round. Improve it while it waits, or withdraw "
        "it to send another one.",
        "You have sent {count} ideas – as many as one person can in this round. Improve one while it waits, or "
        "withdraw one to send another.",
        error.limit,
    )


@sentence.register
def _figures_shown(_error: errors.FiguresShown) -> str:
    return _(
        "What the projects have is known already, so voting cannot be prolonged any more: some would know how it "
        "stands. The round can be counted, or declared void."
    )


files.register(sentence)
server.register(sentence)
trust.register_trust(sentence)
trust.register_closing(sentence)
