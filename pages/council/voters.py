"""Who voted, and with which codes: two parts of the protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.closing import Closing
from core.codes import Made
from core.municipalities import Municipality
from core.rounds import Round
from core.texts import Texts
from pages.codes import told
from pages.council.part import Part
from pages.parts import templates
from pages.parts.i18n import _, number


def of_codes(round_: Round, batches: Sequence[Made]) -> list[Part]:
    """Return how many codes were made, released, stopped and used, in all and by batch."""
    if not batches:
        if round_.code_required:
            return []
        return [
            Part(_("Participation codes"), (), [_("None were needed: anyone could join, the result only advises.")])
        ]
    released = [one for one in batches if one.released_at]
    used = [one.used for one in released if one.used is not None]
    pairs = [
        (_("Made"), number(sum(one.count for one in batches))),
        (_("Released"), number(sum(one.count for one in released))),
        (_("Stopped"), number(sum(one.count for one in released if one.stopped_at))),
        (_("Used, where it is shown"), number(sum(used)) if used else _("not shown")),
        *((one.label, told.of_batch(round_, one)) for one in batches),
    ]
    return [Part(_("Participation codes"), pairs, [_("How many were used is shown for groups of ten or more only.")])]


def of_turnout(round_: Round, town: Municipality, state: Closing) -> list[Part]:
    """Return the turnout by age and by area, where that tells of nobody."""
    found = state.turnout or {}
    # As they were called at the close; of rounds that kept no names, as they are called now.
    kept = {code: Texts(names) for code, names in found.get("names", {}).items()}
    areas = {code: templates.told(names) for code, names in (kept or {a.code: a.names for a in town.areas}).items()}
    rows = _cells(
        _("Age"),
        {str(name): str(name).replace("-", "–") for name, _count in found.get("ages", ())},
        found.get("ages", ()),
    )
    rows += _cells(_("Area"), areas, found.get("areas", ()))
    if not rows:
        return []
    text = _("Groups under ten are not shown, nor others from which they could be computed.")
    lines, known = [text], round_.eligible_estimate
    if known and (state.ballots or 0) > known:
        lines.append(
            _(
                "More people voted than were said to be there ({number}): the number given for the round is too low, "
                "or codes went to others.",
                number=number(known),
            )
        )
    columns = (_("By"), _("Group"), _("Ballots"))
    return [Part(_("Who voted"), lines=lines, columns=columns, rows=rows, widths=(60, 80, 40))]


def _cells(by: str, names: Mapping[str, str], cells: Sequence[Sequence[Any]]) -> list[tuple[str, str, str]]:
    """Return a row for each group that is shown, and one for all others."""
    shown = [(by, names.get(str(name)) or str(name) or _("not known"), number(n)) for name, n in cells if n is not None]
    hidden = [(by, _("smaller groups"), _("not shown"))] if len(shown) < len(cells) else []
    return shown + hidden
