// The dock: at the bottom of a phone, beside the list on a desk. And the one line that says what counts.

const paintDock = (S) => {
  const { texts: t, type } = S.data, e = S.els, { ordered, priced, sum } = ways(S), { over, big, side, of } = sum(S);
  mark(e.dock, "aria-label", t.dock);
  mark(e.dock, "class", `dock is-${type}`);
  put(e.over, over);
  show(e.over, Boolean(over));
  put(e.big, big);
  put(e.unit, t.unit);
  put(e.side, side);
  mark(e.side, "data-of", of);
  paintStrip(S);
  const listed = ordered ? [] : S.choice;
  e.picked.replaceChildren(...listed.map((code) => {
    const project = S.projects.get(code), line = make("li");
    line.append(make("span", "", project.title));
    if (priced) line.append(make("b", "money", project.money));
    return line;
  }));
  paintGo(S);
  const loud = !S.kept ? t.keep_open : S.saved && isOpen(S) && !isFrozen(S) ? t.not_yet : "";
  put(e.keptIcon, loud ? "warning" : ordered ? "keyboard" : "cloud_done");
  put(e.keptWord, loud || (ordered ? t.keyboard : t.kept));
  mark(e.kept, "class", loud ? "kept is-lost" : "kept");
  put(e.hint, S.hint);
  show(e.hint, Boolean(S.hint));
};

const paintStrip = (S) => {
  const { strip } = S.els, drawn = ways(S).strip(S);
  show(strip, Boolean(drawn));
  if (!drawn) return;
  const { bar, parts, label } = drawn;
  mark(strip, "class", bar ? "strip" : "strip slots");
  mark(strip, "aria-label", label);
  while (strip.children.length > parts.length) strip.lastChild.remove();
  parts.forEach((part, at) => {
    const block = strip.children[at] ?? strip.appendChild(make("i"));
    if (bar) { block.style.width = `${part * 100}%`; mark(block, "class", null); block.replaceChildren(); return; }
    block.style.width = "";
    mark(block, "class", part ? "full" : "free");
    if (part && !block.firstChild) block.append(icon("check"));
    if (!part) block.replaceChildren();
  });
};

const paintGo = (S) => {
  const t = S.data.texts, e = S.els, short = missing(S);
  const counted = S.saved && !isOpen(S);
  const word = isFrozen(S) ? t.sending : counted ? t.see_receipt : short ? (S.choice.length ? many(t.choose_more, short) : many(t.choose_first, short)) : S.saved ? t.review_again : t.review;
  put(e.goWord, word);
  put(e.goIcon, counted ? "receipt_long" : "arrow_forward");
  show(e.goIcon, !short || counted);
  mark(e.go, "aria-disabled", short && !counted && !isFrozen(S) ? "true" : null);
  put(e.skip, t.skip);
};

// Whose choice it is that was left here before the login; and, for guests, how to leave nothing on a shared device.
const paintDevice = (S) => {
  const t = S.data.texts, e = S.els, guest = S.data.voter === "guest";
  show(e.whose, Boolean(S.left));
  if (S.left) put(e.whose.children[1], many(t.whose, S.left.length));
  put(e.mine, t.whose_mine);
  put(e.notMine, t.whose_other);
  show(e.device, guest);
  e.shared.checked = isShared();
  put(e.device.querySelector("span"), t.shared);
  put(e.finish, t.finish);
};

// „Гласът ти е приет…“ while ballot and choice agree; „още не е подадена“ as soon as they differ.
const paintStanding = (S) => {
  const t = S.data.texts, e = S.els, p = S.record.pending;
  const kind = p ? "wait" : !S.saved ? (S.withdrawn ? "gone" : "") : isOpen(S) ? "open" : "counted";
  // One that lost a project to a withdrawal counts as it is, however few are left on it.
  const fewer = kind === "counted" && S.saved.choices && missing(S) ? ` ${t.counted_fewer}` : "";
  const look = { wait: ["note in", "sync", t.waiting], open: ["note wa", "warning", t.not_counted], counted: ["note ok", "check_circle", say(S.saved?.sealed ? t.counted_sealed : S.saved?.withheld ? t.counted_withheld : t.counted, { until: S.saved?.until ?? S.data.until }) + fewer], gone: ["note in", "undo", say(t.withdrawn_now, { until: S.data.until })] }[kind];
  show(e.standing, Boolean(look));
  if (look) {
    mark(e.standing, "class", `standing ${look[0]}`);
    put(e.standing.children[0], look[1]);
    put(e.standing.children[1], look[2]);
  }
  put(e.back, kind === "open" ? t.restore : kind === "wait" ? t.retry : "");
  show(e.back, (kind === "open" && Boolean(S.saved.choices)) || kind === "wait");
  put(e.withdraw, t.withdraw);
  show(e.withdraw, !p && Boolean(S.saved) && S.data.may_cast);
  const warning = S.lost ? t.withdrawn_project : S.ended ? t.ended : "";
  put(e.warning.children[1], warning);
  show(e.warning, Boolean(warning));
};
