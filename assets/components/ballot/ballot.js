// The ballot: built once per place on the page, patched whenever the server sends other data.

const STATES = new WeakMap();

const find = (root) => {
  const one = (name) => root.querySelector(name);
  return {
    root: one(".ballot"), ended: one(".ended"), forget: one(".forget"), title: one("h1"), lead: one(".lead"), standing: one(".standing"), back: one(".restore"), withdraw: one(".withdraw"), warning: one(".warning"), whose: one(".whose"), mine: one(".whose .mine"), notMine: one(".whose .other"), device: one(".device"), shared: one(".device input"), finish: one(".device .finish"), skip: one(".skip"),
    order: one(".order"), orderTitle: one(".order h2"), undo: one(".undo"), undoWord: one(".undo .w"), ranked: one(".ranked"), empty: one(".order .empty"),
    more: one(".more"), shuffled: one(".shuffled"), number: one(".number"), cards: one(".cards"),
    dock: one(".dock"), over: one(".over"), big: one(".big b"), unit: one(".big span"), side: one(".side"), strip: one(".strip"), picked: one(".picked"), hint: one(".hint"),
    go: one(".go"), goWord: one(".go .w"), goIcon: one(".go .i"), kept: one(".kept"), keptIcon: one(".kept .i"), keptWord: one(".kept .w"), live: one(".live"),
    dialog: one("dialog"), heading: one("#sheet"), close: one(".close"), choice: one(".choice"), lines: one(".choice .lines"), total: one(".total"), secret: one(".secret"),
    secretBold: one(".secret b"), secretRest: one(".secret p span"), until: one(".until"), receipt: one(".receipt"), thanks: one(".thanks"), cap: one(".ticket .cap"), code: one(".code"),
    latin: one(".latin"), print: one(".print"), drawn: one(".drawn"), qr: one(".qr"), proves: one(".proves"), never: one(".never b"), remember: one(".remember input"), rememberWord: one(".remember span"), check: one(".check"),
    printer: one(".printer"), leave: one(".leave"), paper: one(".paper"), news: one(".news"), again: one(".again"), acts: one(".acts"), backButton: one(".acts .back"),
    second: one(".acts .second"), away: one(".acts .away"), joins: one(".acts .joins"), mainButton: one(".acts .main"), mainIcon: one(".acts .main .i"), mainWord: one(".acts .main .w"),
  };
};

const build = (root) => {
  const S = {
    root, host: root.host ?? root, els: find(root), cards: new Map(), ranks: new Map(), projects: new Map(), order: [], choice: [], undo: [], record: {},
    hint: "", step: null, kept: true, known: 0, number: 0, off: [],
  };
  const e = S.els;
  const on = (target, name, act) => { target.addEventListener(name, act); S.off.push(() => target.removeEventListener(name, act)); };
  S.cover = () => e.dialog.close();
  on(e.go, "click", () => review(S));
  on(e.again, "submit", (event) => event.preventDefault());
  on(e.again, "keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); renew(S); } });
  on(e.undo, "click", () => undo(S));
  on(e.skip, "click", (event) => { event.preventDefault(); e.go.focus(); });
  on(e.back, "click", () => { if (isFrozen(S)) { again(S); return; } S.undo = []; change(S, S.saved.choices.filter((code) => S.projects.has(code)), S.data.texts.restored); });
  on(e.forget, "click", () => forget(S));
  on(e.mine, "click", () => answerWhose(S, true));
  on(e.notMine, "click", () => answerWhose(S, false));
  on(e.shared, "change", () => { share(e.shared.checked); paintDevice(S); });
  on(e.finish, "click", () => finish(S));
  for (const name of ["pointerdown", "keydown"]) on(window, name, () => { S.touched = Date.now(); });
  on(e.withdraw, "click", () => open(S, "withdraw"));
  on(e.remember, "change", () => rememberReceipt(S, e.remember.checked));
  on(e.printer, "click", () => window.print());
  on(e.close, "click", () => e.dialog.close());
  on(e.dialog, "close", () => closed(S));
  on(e.dialog, "click", (event) => { if (event.target === e.dialog) e.dialog.close(); });
  on(e.mainButton, "click", () => pressMain(S));
  on(e.backButton, "click", () => pressBack(S));
  on(e.second, "click", () => { delete S.record.choices; S.choice = []; S.saved = null; writeRecord(S); e.dialog.close(); S.tell("refresh", Date.now()); });
  for (const away of [e.away, e.joins]) on(away, "click", () => { S.record.wants = Date.now(); writeRecord(S); });
  on(window, "storage", (event) => { if (event.key === S.name) hear(S); });
  on(window, "online", () => S.wake?.());
  on(window, "resize", () => spread(S));
  S.clock = setInterval(() => tick(S), 1_000);
  return S;
};

// On a phone the dock reaches the edges of the window, whatever the padding of the page is.
const spread = (S) => S.els.root.style.setProperty("--edge", `${Math.max(0, S.host.getBoundingClientRect().left)}px`);

const paint = (S) => {
  if (paintEnded(S)) { paintDialog(S); return; }
  const t = S.data.texts, e = S.els, { ordered } = ways(S);
  put(e.title, t.title);
  put(e.lead, t.lead);
  put(e.more, ordered ? t.add_more : t.projects);
  mark(e.more, "class", ordered ? "more" : "more sr");
  put(e.shuffled, t.shuffled);
  put(e.number, many(t.count, S.data.projects.length - (ordered ? S.choice.length : 0)));
  ways(S).list(S);
  paintCards(S);
  paintDock(S);
  paintStanding(S);
  paintDevice(S);
  paintDialog(S);
};

// Say something to screen readers, and show it in the dock when it explains a refusal.
const announce = (S, words, visible = false) => {
  S.hint = visible ? words : "";
  put(S.els.hint, S.hint);
  show(S.els.hint, Boolean(S.hint));
  // The same sentence twice must be heard twice.
  S.els.live.textContent = "";
  requestAnimationFrame(() => { S.els.live.textContent = words; });
};

const take = (S, data) => {
  const name = recordName(data), first = S.name !== name;
  S.data = data;
  S.projects = new Map(data.projects.map((project) => [project.code, project]));
  S.since = performance.now();
  mark(S.els.root, "lang", data.lang);
  if (first) {
    S.name = name;
    S.record = readRecord(name);
    if (data.voter === "guest" && isLeft(S.record)) { dropRecord(name); S.record = {}; }
    S.left = leftByGuest(data);
    S.touched = Date.now();
    S.saved = null;
    S.undo = [];
    S.known = 0;
  }
  if (first || (data.known ?? 0) >= S.known) S.withdrawn = Boolean(data.withdrawn);
  if (data.withdrawn && (data.known ?? 0) >= S.known) S.saved = null;
  if (data.saved && data.saved.revision >= S.known) { S.saved = data.saved; S.known = data.saved.revision; }
  S.known = Math.max(S.known, data.known ?? 0);
  if (first || !S.record.choices) S.choice = (S.record.choices ?? S.saved?.choices ?? []).slice();
  S.lost = S.choice.some((code) => !S.projects.has(code));
  S.choice = S.choice.filter((code) => S.projects.has(code));
  const kept = (S.record.order ?? []).filter((code) => S.projects.has(code));
  S.order = [...kept, ...data.projects.map((project) => project.code).filter((code) => !kept.includes(code))];
  if (!S.order.every((code, at) => S.record.order?.[at] === code) || first) keep(S);
  paint(S);
  spread(S);
  if (first && S.record.pending) deliver(S, true); // a reload in the middle: ask what the server has
};

// Another tab wrote: its choice is newer, its receipt too.
const hear = (S) => {
  const record = readRecord(S.name);
  S.record = record;
  const { other_tab: news, other_cast: cast } = S.data.texts;
  if ((record.cast ?? 0) > S.known) { announce(S, cast, true); S.tell("refresh", Date.now()); return; }
  S.choice = (record.choices ?? S.saved?.choices ?? []).filter((code) => S.projects.has(code));
  paint(S);
  announce(S, news, true);
};

// The phone's clock only measures how long ago the server's was told; the server alone ends the vote.
const tick = (S) => {
  if (S.data?.voter === "guest" && isShared() && Date.now() - S.touched > IDLE && !isFrozen(S)) {
    S.touched = Date.now();
    if (S.choice.length) { finish(S); return; }
  }
  if (!S.data?.closes_in) return;
  const left = S.data.closes_in - (performance.now() - S.since) / 1_000;
  const notice = left <= 0 ? "ended" : left <= 120 ? "two" : left <= 600 ? "ten" : "";
  if (!notice || notice === S.notice) return;
  S.notice = notice;
  if (notice === "ended") { setTimeout(() => S.gone || S.tell("refresh", Date.now()), 1_500); return; }
  announce(S, S.data.texts[notice === "two" ? "two_minutes" : "ten_minutes"], true);
};

const leave = (S) => {
  S.gone = true;
  clearInterval(S.clock);
  for (const off of S.off) off();
  S.wake?.();
  STATES.delete(S.root);
};

export default function ballot({ parentElement, data: packed, setTriggerValue }) {
  if (!packed?.json) return undefined;
  const data = JSON.parse(packed.json);
  let S = STATES.get(parentElement);
  if (!S) {
    S = build(parentElement);
    STATES.set(parentElement, S);
  }
  S.tell = setTriggerValue;
  take(S, data);
  return () => leave(S);
}
