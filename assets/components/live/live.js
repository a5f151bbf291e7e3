// Live figures: asks the route every few seconds, rests while nobody looks, stops when the page is left.

const STATES = new WeakMap();
const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const say = (template, facts) => template.replace(/\{(\w+)\}/g, (all, name) => (name in facts ? facts[name] : all));
const many = (forms, count) => say(forms[count === 1 ? 0 : 1], { count });
const make = (tag, className = "") => { const node = document.createElement(tag); node.className = className; return node; };

// What is left, in the words of the page: days and hours; minutes only in the last day.
const countdown = (seconds, words) => {
  if (seconds <= 0) return "";
  const minutes = Math.ceil(seconds / 60), hours = Math.floor(minutes / 60);
  if (hours >= 24) {
    const days = many(words.days, Math.floor(hours / 24));
    return hours % 24 ? say(words.days_hours, { days, hours: hours % 24 }) : days;
  }
  return hours ? say(words.hours_minutes, { hours, minutes: minutes % 60 }) : say(words.minutes, { minutes });
};

const paintHero = (S) => {
  const { words } = S.data, f = S.figures, e = S.els;
  const left = countdown(S.data.left - (performance.now() - S.since) / 1000, words);
  put(e.left, left);
  put(e.until, left ? S.data.until : "");
  const begun = f.ballots > 0 || S.data.running;
  e.end.hidden = !begun;
  put(e.ballots, f.number);
  put(e.voted, !f.ballots ? words.nobody : f.share ? `${words.voted} ·\u00a0${f.share}` : words.voted);
  const most = Math.max(1, ...f.bars.map((bar) => bar.count));
  e.wave.classList.toggle("many", f.bars.length > 20);
  e.wave.setAttribute("aria-label", f.chart);
  while (e.wave.children.length > f.bars.length) e.wave.lastChild.remove();
  f.bars.forEach((bar, at) => {
    const node = e.wave.children[at] ?? e.wave.appendChild(make("i"));
    const left = bar.state === "left" || !f.ballots;
    node.className = left ? "left" : bar.state;
    node.style.height = left ? "" : `${Math.round((bar.count / most) * 100)}%`;
  });
  const [start, today, end] = e.axis.children, now = f.bars.find((bar) => bar.state === "now");
  put(start, f.bars[0].label.split(" – ")[0]);
  put(today, now && f.ballots && now.label.indexOf("–") < 0 ? say(words.today, { count: now.number }) : "");
  put(end, f.bars.length > 1 ? f.bars.at(-1).label.split(" – ").at(-1) : "");
  e.details.hidden = !f.ballots;
  put(e.summary, words.table);
  const [day, votes] = e.dayHead.children;
  put(day, words.day);
  put(votes, words.votes);
  rows(e.dayRows, f.bars.filter((bar) => bar.state !== "left"), (row, bar) => {
    if (!row.firstChild) { const head = make("th"); head.scope = "row"; row.append(head, make("td")); }
    put(row.children[0], bar.label);
    put(row.children[1], bar.number);
  });
};

const rows = (body, list, fill) => {
  while (body.children.length > list.length) body.lastChild.remove();
  list.forEach((item, at) => fill(body.children[at] ?? body.appendChild(make("tr")), item));
};

const paintTally = (S) => {
  const { words, projects } = S.data, e = S.els, shown = S.figures.tally;
  const list = shown?.rows ?? [], most = Math.max(1, ...list.map((row) => row[1]));
  put(e.sum, shown?.ballots ?? "");
  put(e.caption, words.caption);
  const [name, support] = e.rowHead.children;
  put(name, words.project);
  put(support, words.unit);
  rows(e.rows, list, (row, [code, points, text, ahead]) => {
    if (!row.firstChild) {
      const head = make("th"), bar = make("td", "bar");
      head.scope = "row";
      head.append(make("span"), make("span", "tag"));
      bar.setAttribute("aria-hidden", "true");
      bar.append(make("i"));
      row.append(head, make("td", "number"), bar);
    }
    row.className = ahead ? "ahead" : "";
    put(row.children[0].children[0], projects?.[code] ?? code);
    put(row.children[0].children[1], ahead ? words.ahead : "");
    put(row.children[1], text);
    row.children[2].firstChild.style.width = `${(points / most) * 100}%`;
  });
  put(e.none, shown?.none || words.empty);
  e.none.hidden = list.length > 0;
  put(e.note, words[shown?.state ?? "running"]);
  const [why, rules] = e.why.children, vote = e.go.firstChild;
  e.why.hidden = !S.data.rules || !list.length;
  put(why, words.why);
  put(rules, words.rules_link);
  rules.setAttribute("href", S.data.rules);
  e.go.hidden = !S.data.vote;
  put(vote, words.vote_link);
  vote.setAttribute("href", S.data.vote);
  e.fresh.hidden = shown?.state === "final";
  put(e.refresh, words.refresh);
};

const paint = (S) => {
  const tally = S.data.mode === "tally";
  S.els.root.className = `live is-${S.data.mode}`;
  S.els.root.lang = S.data.lang;
  S.els.hero.hidden = tally;
  S.els.tally.hidden = !tally;
  if (tally) paintTally(S);
  else paintHero(S);
  paintAge(S);
};

const paintAge = (S) => {
  const { words } = S.data, ago = Math.round((performance.now() - S.heard) / 10_000) * 10;
  put(S.els.ago, S.lost ? words.lost : ago < 10 ? words.updated : many(words.updated_ago, ago));
};

const fetchNow = async (S) => {
  clearTimeout(S.timer);
  try {
    const answer = await fetch(S.data.url, { cache: "no-cache", signal: AbortSignal.timeout?.(10_000) });
    if (!answer.ok) throw new Error(answer.status);
    S.figures = await answer.json();
    S.heard = performance.now();
    S.lost = false;
  } catch {
    S.lost = true;
  }
  if (S.gone) return;
  paint(S);
  plan(S);
};

// A tenth more or less, so that a hall full of phones does not ask in the same moment.
const plan = (S) => {
  clearTimeout(S.timer);
  if (S.gone || document.hidden || !S.data.running) return;
  S.timer = setTimeout(() => fetchNow(S), S.data.every * 1000 * (0.9 + Math.random() / 5));
};

const build = (root) => {
  const one = (name) => root.querySelector(name);
  const S = { lost: false, els: {
    root: one(".live"), hero: one(".hero"), left: one(".left"), until: one(".until"), end: one(".end"), ballots: one(".ballots"), voted: one(".voted"), wave: one(".wave"), axis: one(".axis"),
    details: one("details"), summary: one("summary"), dayHead: one("details thead tr"), dayRows: one("details tbody"), tally: one(".tally"), sum: one(".sum"), fresh: one(".fresh"), ago: one(".ago"),
    refresh: one(".fresh button"), caption: one("caption"), rowHead: one(".rows thead tr"), rows: one(".rows tbody"), none: one(".none"), note: one(".note"), why: one(".why"), go: one(".go"), said: one(".said"),
  } };
  const seen = () => { if (document.hidden) clearTimeout(S.timer); else if (S.data.running) fetchNow(S); };
  document.addEventListener("visibilitychange", seen);
  S.els.refresh.addEventListener("click", async () => { put(S.els.said, ""); await fetchNow(S); put(S.els.said, S.lost ? S.data.words.lost : S.data.words.refreshed); });
  S.clock = setInterval(() => { if (S.data.mode === "tally") paintAge(S); else put(S.els.left, countdown(S.data.left - (performance.now() - S.since) / 1000, S.data.words)); }, 10_000);
  S.stop = () => { S.gone = true; clearTimeout(S.timer); clearInterval(S.clock); document.removeEventListener("visibilitychange", seen); STATES.delete(root); };
  return S;
};

export default function live({ parentElement, data: packed }) {
  if (!packed?.json) return undefined;
  const data = JSON.parse(packed.json);
  let S = STATES.get(parentElement);
  if (!S) STATES.set(parentElement, (S = build(parentElement)));
  S.data = data;
  S.figures = data.first;
  S.since = S.heard = performance.now();
  paint(S);
  plan(S);
  return S.stop;
}
