// The choice itself: what fits, what is missing, what was undone.

const cost = (S, choice = S.choice) => choice.reduce((sum, code) => sum + S.projects.get(code).cost, 0);
const left = (S, choice) => S.data.budget - cost(S, choice);
const limit = (S) => ways(S).limit(S);
const missing = (S) => Math.max(0, Math.max(1, S.data.min || 1) - S.choice.length);
const isFrozen = (S) => Boolean(S.record.pending);

// The ballot that counts, and whether what stands here is another one.
const isOpen = (S) => !S.saved?.choices || !same(S.choice, S.saved.choices, ways(S).ordered);

// Why a project cannot be added now: null, {count} or {money: how much is missing}.
const obstacle = (S, code) => {
  if (S.choice.includes(code)) return null;
  return ways(S).obstacle(S, code);
};

// The cheapest single project that makes room when it goes.
const swap = (S, short) => S.choice
  .map((code) => S.projects.get(code))
  .filter((project) => project.cost >= short)
  .sort((one, other) => one.cost - other.cost)[0];

const remember = (S) => {
  S.undo.push(S.choice.slice());
  if (S.undo.length > 20) S.undo.shift();
  S.record.touched = Date.now();
};

const change = (S, choice, spoken) => {
  if (isFrozen(S)) { announce(S, S.data.texts.frozen, true); return false; }
  remember(S);
  S.choice = choice;
  S.hint = "";
  keep(S);
  paint(S);
  announce(S, spoken);
  return true;
};

const refuse = (S, code, why) => {
  const t = S.data.texts;
  if (why.count) { announce(S, many(t.full, why.count), true); return; }
  const other = swap(S, why.money);
  const start = say(t.short_of, { amount: amount(S.data.money, why.money) });
  const advice = other ? say(t.swap, { title: other.name, amount: other.money }) : t.cheaper;
  announce(S, `${start} ${advice}`, true);
};

const toggle = (S, code) => {
  const t = S.data.texts, project = S.projects.get(code);
  const why = obstacle(S, code);
  if (why && !isFrozen(S)) return refuse(S, code, why);
  const gone = S.choice.includes(code);
  const choice = gone ? S.choice.filter((other) => other !== code) : [...S.choice, code];
  return change(S, choice, `${say(gone ? t.removed : t.added, { title: project.title })} ${ways(S).spoken(S, choice)}`);
};

const move = (S, code, to) => {
  const from = S.choice.indexOf(code);
  if (to < 0 || to >= S.choice.length || to === from) return false;
  const choice = S.choice.filter((other) => other !== code);
  choice.splice(to, 0, code);
  return change(S, choice, say(S.data.texts.now_at, { title: S.projects.get(code).name, place: to + 1, count: choice.length }));
};

const undo = (S) => {
  if (!S.undo.length) return;
  if (isFrozen(S)) { announce(S, S.data.texts.frozen, true); return; }
  S.choice = S.undo.pop().filter((code) => S.projects.has(code));
  keep(S);
  paint(S);
  announce(S, S.data.texts.undone);
};
