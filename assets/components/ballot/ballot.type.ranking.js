// Ranking: what is chosen stands in an order, first the most wanted. Arrows, Alt+arrows, dragging by the handle with mouse
// and finger.

const buildRank = (S, code) => {
  const row = make("li", "rank");
  const grip = make("span", "grip");
  grip.append(make("b", "n"), icon("drag_indicator"));
  const text = make("div", "text");
  const facts = make("p", "facts");
  const gone = make("button", "link");
  gone.type = "button";
  facts.append(make("span", "money"), make("span", "dot", "·"), gone);
  text.append(make("h3"), facts);
  const arrows = make("div", "arrows");
  const handle = make("span", "handle");
  handle.append(icon("drag_indicator"));
  const up = make("button", "arrow"), down = make("button", "arrow");
  up.type = down.type = "button";
  up.append(icon("arrow_upward"));
  down.append(icon("arrow_downward"));
  arrows.append(handle, up, down);
  row.append(grip, text, arrows);
  grip.setAttribute("aria-hidden", "true");
  handle.setAttribute("aria-hidden", "true");
  up.addEventListener("click", () => step(S, code, -1, up));
  down.addEventListener("click", () => step(S, code, 1, down));
  gone.addEventListener("click", () => drop(S, code));
  for (const part of [grip, handle]) part.addEventListener("pointerdown", (event) => drag(S, code, event));
  row.addEventListener("keydown", (event) => {
    if (!event.altKey || !/^Arrow(Up|Down)$/.test(event.key)) return;
    event.preventDefault();
    step(S, code, event.key === "ArrowUp" ? -1 : 1, S.root.activeElement);
  });
  return { row, number: row.querySelector(".n"), title: row.querySelector("h3"), money: row.querySelector(".money"), gone, up, down };
};

const step = (S, code, by, focused) => {
  const at = S.choice.indexOf(code);
  if (at + by < 0 || at + by >= S.choice.length) {
    announce(S, say(S.data.texts.now_at, { title: S.projects.get(code).name, place: at + 1, count: S.choice.length }));
    return;
  }
  if (!move(S, code, at + by)) return;
  const r = S.ranks.get(code);
  const end = (focused === r.up && at + by === 0) ? r.down : (focused === r.down && at + by === S.choice.length - 1) ? r.up : focused;
  end.focus({ preventScroll: true });
  r.row.scrollIntoView({ block: "nearest" });
};

// A project goes up into the ranking: the next card takes its place under the finger, and the focus.
const add = (S, code) => {
  const why = obstacle(S, code);
  if (why) return refuse(S, code, why);
  const button = S.cards.get(code).button;
  const top = button.getBoundingClientRect().top;
  const rest = S.order.filter((other) => !S.choice.includes(other));
  const next = rest[rest.indexOf(code) + 1] ?? rest[rest.indexOf(code) - 1];
  if (toggle(S, code) === false || !S.choice.includes(code)) return;
  const heir = next ? S.cards.get(next).button : S.ranks.get(code).up;
  heir.focus({ preventScroll: true });
  if (next) scroller(S.host).scrollTop += heir.getBoundingClientRect().top - top;
};

const drop = (S, code) => {
  const at = S.choice.indexOf(code);
  toggle(S, code);
  if (S.choice.includes(code)) return;
  const heir = S.choice[Math.min(at, S.choice.length - 1)];
  (heir ? S.ranks.get(heir).gone : S.cards.get(code).button).focus({ preventScroll: true });
};

const paintRanking = (S) => {
  const t = S.data.texts;
  show(S.els.order, true);
  for (const code of S.choice) if (!S.ranks.has(code)) S.ranks.set(code, buildRank(S, code));
  for (const [code, r] of S.ranks) if (!S.choice.includes(code)) { r.row.remove(); S.ranks.delete(code); }
  const focused = S.root.activeElement;
  arrange(S.els.ranked, S.choice.map((code) => S.ranks.get(code).row));
  if (focused && focused !== S.root.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  S.choice.forEach((code, at) => {
    const r = S.ranks.get(code), { title, name, money } = S.projects.get(code);
    put(r.number, String(at + 1));
    put(r.title, title);
    put(r.money, money);
    put(r.gone, t.remove);
    mark(r.gone, "aria-label", say(t.remove_named, { title: name, amount: money }));
    mark(r.up, "aria-label", say(t.up, { title: name, place: at + 1 }));
    mark(r.down, "aria-label", say(t.down, { title: name, place: at + 1 }));
    mark(r.up, "aria-disabled", at === 0 || isFrozen(S) ? "true" : null);
    mark(r.down, "aria-disabled", at === S.choice.length - 1 || isFrozen(S) ? "true" : null);
  });
  put(S.els.orderTitle, t.your_order);
  put(S.els.undoWord, t.undo);
  mark(S.els.undo, "aria-disabled", S.undo.length ? null : "true");
  put(S.els.empty, t.order_empty);
  show(S.els.empty, !S.choice.length);
};

const drag = (S, code, start) => {
  if (start.button > 0 || isFrozen(S) || S.dragging) return;
  start.preventDefault();
  const grip = start.currentTarget, row = S.ranks.get(code).row, page = scroller(S.host);
  const rows = S.choice.map((other) => S.ranks.get(other).row);
  const boxes = rows.map((other) => other.getBoundingClientRect());
  const from = S.choice.indexOf(code), height = boxes[from].height + 8, scrolled = page.scrollTop;
  const middle = boxes[from].top + boxes[from].height / 2;
  let to = from, y = start.clientY, timer = 0;
  S.dragging = true;
  row.classList.add("dragged");
  grip.setPointerCapture(start.pointerId);
  const follow = () => {
    const way = y - start.clientY + page.scrollTop - scrolled;
    row.style.transform = `translateY(${way}px) rotate(-1deg)`;
    to = boxes.filter((box, at) => at !== from && box.top + box.height / 2 < middle + way).length;
    rows.forEach((other, at) => {
      const shift = at < from && at >= to ? height : at > from && at <= to ? -height : 0;
      if (other !== row) other.style.transform = shift ? `translateY(${shift}px)` : "";
    });
  };
  const pull = () => {
    const edge = y < Math.min(130, start.clientY - 8) ? -8 : y > Math.max(innerHeight - 190, start.clientY + 8) ? 8 : 0;
    if (edge) { page.scrollTop += edge; follow(); }
    timer = requestAnimationFrame(pull);
  };
  const onMove = (event) => { y = event.clientY; follow(); };
  const finish = (keepIt) => {
    cancelAnimationFrame(timer);
    for (const [name, listener] of listeners) grip.removeEventListener(name, listener);
    document.removeEventListener("keydown", onKey, true);
    S.dragging = false;
    row.classList.remove("dragged");
    for (const other of rows) other.style.transform = "";
    if (keepIt && to !== from) move(S, code, to);
  };
  const onKey = (event) => { if (event.key === "Escape") { event.preventDefault(); finish(false); } };
  const listeners = [["pointermove", onMove], ["pointerup", () => finish(true)], ["pointercancel", () => finish(false)], ["lostpointercapture", () => S.dragging && finish(true)]];
  for (const [name, listener] of listeners) grip.addEventListener(name, listener);
  document.addEventListener("keydown", onKey, true);
  timer = requestAnimationFrame(pull);
};

TYPES.ranking = { ...COMMON, ordered: true, press: add, list: paintRanking, strip: () => null };
