"""Every word of the ballot component, in the visitor's language; the browser fills in names, amounts and numbers."""

from __future__ import annotations

from pages.parts.i18n import _, catalogue, language
from pages.voting.ballot_types import Words

Texts = dict[str, str | list[str]]


def n_(one: str, many: str) -> list[str]:
    """Return both forms unfilled: the browser counts."""
    speaks = catalogue(language())
    return [speaks.ngettext(one, many, number) for number in (1, 2)]


def texts(words: Words, *, code_gone: bool = False) -> Texts:
    """Return the texts for a ballot of the type that has these words; `code_gone`: hers left the box with its code."""
    found = _head(words) | _cards(words) | _dock(words) | _review() | _receipt() | _withdrawal() | _events()
    # She has not withdrawn it; why it is gone stands above.
    return found | {"withdrawn_now": _("There is no ballot of yours in the box.")} if code_gone else found


def _head(words: Words) -> Texts:
    return {
        "title": words.title,
        "lead": words.lead,
        "projects": _("Projects"),
        "add_more": _("Add more"),
        "your_order": _("Your order"),
        "order_empty": _("Nothing here yet. Add the project you want most, then the next."),
        "undo": _("Undo"),
        "shuffled": _("Everyone sees another order"),
        "count": n_("{count} project", "{count} projects"),
        "skip": _("Skip to the review"),
    }


def _cards(words: Words) -> Texts:
    return {
        "more": _("More"),
        "less": _("Less"),
        "chosen": words.chosen,
        "short": _("{amount} too little"),
        "remove": _("Remove"),
        "add_named": _("Add “{title}”, {amount}"),
        "remove_named": _("Remove “{title}”, {amount}"),
        "up": _("“{title}” up, now number {place}"),
        "down": _("“{title}” down, now number {place}"),
    }


def _dock(words: Words) -> Texts:
    return {
        "dock": words.dock,
        "unit": words.unit,
        "left_title": _("Left over"),
        "of_budget": _("of {budget} · "),
        "taken": n_("{count} project · {amount}", "{count} projects · {amount}"),
        "some_of": _("{count} of {max}"),
        "at_least": n_("at least {count} more", "at least {count} more"),
        "up_to": n_("up to {count} more", "up to {count} more"),
        "is_full": _("that is all"),
        "strip": n_("{used} of {budget} used, {count} project", "{used} of {budget} used, {count} projects"),
        "slots": _("{count} of {max} chosen"),
        "review": _("Check and vote"),
        "review_again": _("Check and vote again"),
        "choose_first": n_("Choose at least {count} project", "Choose at least {count} projects"),
        "choose_more": n_("Choose {count} more", "Choose {count} more"),
        "see_receipt": _("See your receipt"),
        "kept": _("Your choice is kept on this device"),
        "keep_open": _("This browser keeps nothing. Do not close the page."),
        "not_yet": _("Not counted yet: one more step."),
        "keyboard": _("Keyboard: on any row, Alt and an arrow key move it."),
    }


def _review() -> Texts:
    return {
        "is_this": _("Is this your choice?"),
        "close": _("Close and go back to the ballot"),
        "close_short": _("Close"),
        "change": _("Change"),
        "cast": _("Submit ballot"),
        "cast_again": _("Replace ballot"),
        "total": _("Total, {amount} left"),
        "secret": _("Your vote is secret."),
        "secret_more": _("Your name is kept apart from the ballot. The municipality sees that you vote, not how."),
        "until": _("Until {until} you can vote again. Only the last ballot counts."),
        "replaces": _("This one replaces the ballot you have already cast."),
        "sign_in": _("Log in and vote"),
        "join": _("Join and vote"),
        "to_code": _("Enter your code"),
        "sending_short": _("Sending…"),
        "checking_short": _("Checking…"),
        "retry": _("Try again"),
        "refused_title": _("The ballot was not accepted"),
        "stale_title": _("There is a newer ballot"),
        "replace": _("Replace it with this one"),
        "load_newer": _("Show the newer one"),
    }


def _receipt() -> Texts:
    return {
        "done": _("Your vote is in the ballot box."),
        "withdrawn_done": _("Your vote is withdrawn."),
        "withdrawn_thanks": _("The ballot is out of the box. Until {until} you can vote again."),
        "thanks": _("Keep the number. Until {until} you can change your vote; only the last ballot counts."),
        "number": _("Ballot number"),
        "latin": _("In Latin letters: {number}"),
        "print": _("The drawing of this number: 24 bars"),
        "drawn": _("The drawing comes from the number. On the page where you check, it must look the same."),
        "qr": _("QR code of the receipt: it opens the page where you check"),
        "proves": _(
            "It proves that your ballot was accepted and has to stand on the board. It tells nobody what you chose."
        ),
        "proves_withdrawn": _("It proves that you took your ballot back. Nobody is counted for you."),
        "never": _("Do not show the number to anyone who asks how you voted."),
        "remember": _("Remember the number on this device"),
        "check": _("Check it now"),
        "print_line": _("Print as one line"),
        "copy": _("Copy"),
        "copied": _("Copied"),
        "close_done": _("Done"),
    }


def _withdrawal() -> Texts:
    return {
        "withdraw": _("Withdraw your vote"),
        "withdraw_title": _("Take your ballot out of the box?"),
        "withdraw_what": _("It is not counted then. The board notes that a ballot was withdrawn, but not whose."),
        "withdraw_again": _("Until {until} you can vote again."),
        "withdraw_yes": _("Yes, withdraw the vote"),
        "withdraw_no": _("Keep the vote"),
        "withdrawn_now": _("Your vote is withdrawn. Until {until} you can vote again."),
        "counted_withheld": _(
            "Your vote counts. What you chose is not shown here, because this account was opened with a one-time link. "
            "You can vote anew until {until}."
        ),
        "counted_sealed": _(
            "Your vote is in, sealed: until the count nobody can read it, not even this page. "
            "You can vote anew until {until}."
        ),
    }


def _events() -> Texts:
    return {
        "added": _("Added: {title}."),
        "removed": _("Removed: {title}."),
        "left_spoken": _("{amount} left."),
        "chosen_spoken": _("{count} of {max} chosen."),
        "now_at": _("“{title}” is now number {place} of {count}."),
        "undone": _("The last step is undone."),
        "restored": _("Your submitted choice is back."),
        "short_of": _("{amount} too little."),
        "swap": _("The nearest swap: remove “{title}” ({amount})."),
        "cheaper": _("Remove something or choose a cheaper one."),
        "full": n_(
            "{count} is already chosen. Remove it to add another.",
            "{count} are already chosen. Remove one to add another.",
        ),
        "frozen": _("The ballot is being sent; the choice can be changed after that."),
        "counted": _("Your vote is in. You can change it until {until}."),
        "counted_fewer": _("It counts as it is. You may add another project."),
        "whose": n_(
            "Before the login {count} project was chosen on this device. Is that your choice?",
            "Before the login {count} projects were chosen on this device. Is that your choice?",
        ),
        "whose_mine": _("Yes, take it over"),
        "whose_other": _("No, forget it"),
        "shared": _("Others use this device too: after ten minutes without a touch the choice is forgotten."),
        "finish": _("I am done: forget my choice here"),
        "refused_withdrawn": _(
            "Withdrawn from the vote: {titles}. It cannot be chosen any more. The rest of your choice is kept."
        ),
        "reload": _("Reload the page"),
        "not_counted": _("Not counted yet: what counts is the ballot you cast before. Check this one and submit it."),
        "restore": _("Back to the submitted choice"),
        "waiting": _("Your ballot is not confirmed yet. We keep trying."),
        "sending": _("Sending your ballot…"),
        "unsure": _("We do not know whether it arrived. Checking…"),
        "offline": _("No connection. Your choice is kept here and is sent as soon as there is one."),
        "busy": _("Many people are voting right now. We try again in a moment."),
        "again_what": _(
            "You were logged out because some time has passed. Type your password: your choice stays and is sent."
        ),
        "again": _("Log in and cast"),
        "password": _("Password"),
        "second_code": _("Code of your app, or a recovery code"),
        "signed_out": _("You were logged out. Your choice is kept on this device."),
        "refused": _("The ballot was not accepted. Your choice is kept here."),
        "withdrawn_project": _("A project you had chosen is no longer on the ballot. The rest of your choice is here."),
        "ended": _("Voting is over. Your choice stays here only for you to see."),
        "ten_minutes": _("Voting closes in 10 minutes."),
        "two_minutes": _("Voting closes in 2 minutes."),
        "not_cast": _("This choice was not cast"),
        "not_cast_at_all": _("Voting is over and no ballot of yours is in the box. Only you see this choice, here."),
        "not_cast_before": _(
            "Voting is over. What counts is the ballot you cast before. Only you see this choice, here."
        ),
        "not_cast_guest": _("Voting is over, and nothing was cast from here. Only you see this choice, here."),
        "forget": _("Forget this choice"),
        "other_tab": _("Your choice was updated from another tab. A ballot that you have cast stays as it is."),
        "other_cast": _("A ballot was cast in another tab. This page shows it now."),
    }
