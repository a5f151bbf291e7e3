"""Names for what core calls by a key: phases, roles, statuses, journal actions."""

from __future__ import annotations

from pages.parts.i18n import _


def phase(key: str) -> str:
    """Return what a phase is called."""
    return {
        "preparation": _("Preparation"),
        "ideas": _("Collecting ideas"),
        "review": _("Feasibility review"),
        "voting": _("Voting"),
        "counting": _("Counting"),
        "results": _("Results"),
        "implementation": _("Making it happen"),
    }[key]


def role(key: str) -> str:
    """Return what a role is called."""
    return {
        "guest": _("Visitor"),
        "resident": _("Participant"),
        "reviewer": _("Municipal expert"),
        "organiser": _("Organiser"),
        "council": _("Municipal councillor"),
        "auditor": _("Auditor"),
        "operator": _("Server operator"),
    }[key]


def status(key: str) -> str:
    """Return where an idea stands."""
    return {
        "draft": _("Draft"),
        "waiting": _("Under review"),
        "returned": _("Returned for changes"),
        "accepted": _("Passed the review"),
        "rejected": _("Not on the ballot (see why)"),
        "withdrawn": _("Withdrawn"),
        "not_shown": _("Not shown: it breaks the rules"),
    }[key]


def visibility(key: str) -> str:
    """Return what is shown of the tally while voting runs."""
    return {
        "live": _("Live tally"),
        "turnout": _("Turnout only"),
        "sealed": _("Sealed until closing"),
    }[key]


def action(key: str) -> str:
    """Return what was done, for a line of the journal and for a list of pending decisions."""
    return {
        "close_vote": _("Closed the ballot box"),
        "draw_ties": _("Drew the public randomness"),
        "open_ballots": _("Opened the ballots"),
        "keep_turnout": _("Worked out the turnout"),
        "anonymise": _("Destroyed every link to people"),
        "part_round": _("Destroyed the links to people of a round that nobody closed for a year"),
        "note_objection": _("Noted an objection"),
        "answer_objection": _("Answered an objection"),
        "prepare_commission": _("Prepared the commission"),
        "appoint_commission": _("Named the commission"),
        "split_key": _("Split the key of the ballots"),
        "rehearse": _("Rehearsed with two shares"),
        "create_municipality": _("Set up the municipality"),
        "edit_municipality": _("Changed the municipality's details"),
        "create_round": _("Created the round"),
        "edit_round": _("Changed the round"),
        "discard_round": _("Deleted a draft round"),
        "extend_round": _("Extended the dates"),
        "change_round": _("Change of the public round"),
        "change_list": _("Change of the ballot list"),
        "withdraw_project": _("Withdrawal of a project from the vote"),
        "correct_words": _("Correction of a project’s words"),
        "stop_codes": _("Stopping of participation codes"),
        "edit_projects": _("Changed a project"),
        "put_on_ballot": _("Put a project on the ballot"),
        "take_off_ballot": _("Took a project off the ballot"),
        "take_off": _("Took a project off the ballot"),
        "edit_project": _("Changed a project"),
        "review_idea": _("Decided on an idea"),
        "make_codes": _("Made participation codes"),
        "release_codes": _("Released participation codes"),
        "reissue_code": _("Made a new code in place of an old one"),
        "discard_codes": _("Discarded participation codes"),
        "invite": _("Made an invitation"),
        "invite_people": _("Made an invitation"),
        "take_back_invite": _("Took an invitation back"),
        "take_role": _("Took a role away"),
        "second_step": _("Set up the second step"),
        "forget_second_step": _("Removed a second step"),
        "erase_account": _("Deleted the own account"),
        "hide": _("Hiding of words"),
        "show_again": _("Hidden words shown again"),
        "publish_round": _("Published the round"),
        "count": _("Counted the ballots"),
        "publish_result": _("Published the result"),
        "void_round": _("Declared the round void"),
        "import_election": _("Imported an election"),
        "replay": _("Replayed an election"),
        "manage_people": _("Changed who may do what"),
        "create_person": _("Created an account"),
        "give_roles": _("Changed who may do what"),
        "reset_sign_in": _("Issued a one-time sign-in link"),
        "one_time_link": _("Issued a one-time sign-in link"),
        "ask": _("Asked a second person to agree"),
        "take_back": _("Took a request back"),
        "create_demo": _("Made the demo town"),
        "renew_demo": _("Renewed the demo town"),
        "remove_demo": _("Removed the demo town"),
    }.get(key, key.replace("_", " "))


def step(name: str) -> str:
    """Return what a step of closing is called."""
    return {
        "close": _("Close the ballot box"),
        "randomness": _("Draw the public randomness"),
        "opening": _("Open the ballots"),
        "turnout": _("Work out the turnout"),
        "count": _("Count"),
        "publish": _("Publish"),
        "objection": _("Wait for objections"),
        "anonymise": _("Destroy every link to people"),
        "done": _("All done"),
    }.get(name, name)
