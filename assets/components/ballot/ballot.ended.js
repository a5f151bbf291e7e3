// After the close: whoever had chosen and not cast is told so, and sees the choice, here only.

const uncast = (S) => (isFrozen(S) ? [] : S.choice.filter(() => S.record.choices));

const paintEnded = (S) => {
  const t = S.data.texts, e = S.els, choice = uncast(S), ended = Boolean(S.data.ended);
  mark(e.root, "class", ended ? "ballot is-ended" : "ballot");
  show(e.ended, ended && choice.length);
  if (!ended) return false;
  put(e.ended.querySelector("h2"), t.not_cast);
  put(e.ended.querySelector("p"), S.saved ? t.not_cast_before : S.data.voter === "guest" ? t.not_cast_guest : t.not_cast_at_all);
  put(e.forget, t.forget);
  paintLines(S, e.ended.querySelector("ol"));
  // The page beneath has gone: the sheet, if it was open, says nothing true any more.
  if (e.dialog.open && !isFrozen(S) && S.step !== "done") e.dialog.close();
  return true;
};

const forget = (S) => {
  S.choice = [];
  delete S.record.choices;
  writeRecord(S);
  paint(S);
};
