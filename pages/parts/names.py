"""Names for what core calls by a key: phases, roles, statuses, journal actions, fields and what is signed of them."""

from __future__ import annotations

from collections.abc import Iterable

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


def people(least: int | None, most: int | None) -> str:
    """Return who an age from `least` to `most` is, within a sentence; each of the two may be open."""
    if least is not None and most is not None:
        return _("people aged {min} to {max}", min=least, max=most)
    if least is not None:
        return _("people aged {min} and over", min=least)
    return _("people aged {max} and under", max=most) if most is not None else _("people of every age")


def status(key: str) -> str:
    """Return where an idea stands."""
    return {
        "draft": _("Draft"),
        "waiting": _("Under review"),
        "returned": _("Returned for changes"),
        "accepted": _("Feasible"),
        "rejected": _("Not feasible in this round"),
        "withdrawn": _("Withdrawn"),
        "not_shown": _("Not shown: it breaks the rules"),
    }[key]


def part(key: str) -> str:
    """Return what a part of an idea, a project, a review or a person is called where it is hidden; "" if unknown."""
    return {
        "all": _("the whole idea"),
        "title": _("title"),
        "text": _("description"),
        "problem": _("what is wrong"),
        "solution": _("what to do"),
        "place": _("place"),
        "reason": _("the reason of the review"),
        "nickname": _("name"),
    }.get(key, "")


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
        "edit_places": _("Changed the areas or topics"),
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
        "count": _("Count the ballots"),
        "publish": _("Publish the result"),
        "objection": _("Wait for objections"),
        "anonymise": _("Destroy every link to people"),
        "done": _("All done"),
    }.get(name, name)


def field(key: str) -> str:
    """Return what a field is called; each field of a round and of a project has a name here."""
    return {
        "titles": _("Title"), "intro": _("Introduction"), "contact_email": _("E-mail for questions"),
        "budget": _("Budget"), "currency": _("Currency"), "timezone": _("Time zone"),
        "min_cost": _("Cheapest idea"), "max_cost": _("Dearest idea"), "ideas_each": _("Ideas of one person"),
        "age_min": _("Age from"), "age_max": _("Age to"), "age_on": _("Age counted on"),
        "ballot_type": _("Type of ballot"), "min_choices": _("At least so many projects"),
        "max_choices": _("At most so many projects"),
        "rule": _("Counting rule"), "rule_settings": _("Settings"),
        "visibility": _("What is shown while people vote"), "tally_step": _("Ballots per step"),
        "code_required": _("How voters are admitted"), "eligible_estimate": _("How many young people are there?"),
        "eligible_source": _("Source of the number"), "ideas_from": _("Ideas from"), "ideas_until": _("Ideas until"),
        "voting_from": _("Voting from"), "voting_until": _("Voting until"), "results_on": _("Results on"),
        "implementation_from": _("Making it happen from"),
        "withdrawn": _("Withdrawn project"),
        "on_ballot": _("On the ballot"), "title": _("Title"), "text": _("Description"), "cost": _("Cost"),
        "area_id": _("Area"), "category_id": _("Topic"), "place": _("Place"), "lat": _("Latitude"),
        "lon": _("Longitude"), "idea_id": _("From the idea"),
        "seat": _("Member of the commission"), "key": _("Public half of the key"), "codes": _("Codes that count"),
        "ballots": _("Ballots counted"), "funded": _("Funded"), "fingerprint": _("Checksum of the whole count"),
    }.get(key, key)  # fmt: skip


def signed(paths: Iterable[str]) -> str:
    """Return what was signed of a round, each named by its path ("projects.p01.cost", "closed.size"), in words."""
    return ", ".join(dict.fromkeys(map(_signed, paths)))


def _signed(path: str) -> str:
    first, *rest = path.split(".")
    if first == "projects" and rest:
        # A path that ends at a project says that it came or went as a whole.
        code, name = (".".join(rest[:-1]), rest[-1]) if len(rest) > 1 else (rest[0], "on_ballot")
        return f"{code} · {_of_signed(name) or field(name)}"
    last = rest[-1] if rest else first
    return _of_signed(path) or _of_signed(last) or _of_signed(first) or field(last)


def _of_signed(key: str) -> str:
    """Return what is called otherwise where it was signed than where it is changed, "" for all else."""
    return {
        "ballot.type": field("ballot_type"), "kind": field("ballot_type"), "ballot.min": field("min_choices"),
        "ballot.max": field("max_choices"), "settings": field("rule_settings"), "unit": field("currency"),
        "step": field("tally_step"), "ages.min": field("age_min"), "ages.max": field("age_max"),
        "ages.on": field("age_on"), "round": _("Name in addresses"), "imported": _("Imported election"),
        "demo": _("Demo"), "order": _("Order of the ballot list"), "projects": _("Ballot list"),
        "words": _("Words of the projects"), "score": _("Points"), "conflicts": _("Projects that rule it out"),
        "reason": _("Reason for the withdrawal"), "notes": _("Signed notes"),
        "heads": _("Signed heads of the journal"),
        "closed": _("Board at the close"), "size": _("Board at the close"), "root": _("Board at the close"),
        "source": _("Source of the draw"), "drawn": _("What came up in the draw"),
        "randomness": _("What came up in the draw"), "drawn.order": _("Order of ties"),
        "opened": _("Opened ballots"), "number": _("Opened ballots"), "live": _("Opened ballots"),
        "opened.ballots": _("Opened ballots"), "mismatches": _("Ballots that are not what the board promised"),
        "turnout": _("Turnout"), "sha256": _("Turnout"), "counted": _("Result of the count"),
        "allocation": _("Result of the count"), "checksum": field("fingerprint"),
    }.get(key, "")  # fmt: skip
