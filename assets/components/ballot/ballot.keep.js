// What the browser keeps: one record per round and voter.
// { choices?, order, pending?, base, cast?, wants?, touched } – `choices` only while they differ from the ballot that counts.

const recordName = (data, voter = data.voter) => `glas:ballot:${data.slug}:${voter}`;

const readRecord = (name) => {
  try {
    const found = JSON.parse(localStorage.getItem(name));
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
};

const writeRecord = (S) => {
  const text = JSON.stringify(S.record);
  S.written = text;
  try {
    localStorage.setItem(S.name, text);
    S.kept = localStorage.getItem(S.name) === text;
  } catch {
    S.kept = false; // private mode or full: the page says that it must stay open
  }
};

const dropRecord = (name) => { try { localStorage.removeItem(name); } catch { /* nothing was kept then */ } };

// What a guest chose who went to sign in from the review, for an hour. Somebody else may have come meanwhile, so whoever
// has signed in is asked whose it is. The order is not taken along: from here on it is the voter's own.
const leftByGuest = (data) => {
  const left = readRecord(recordName(data, "guest"));
  return data.voter !== "guest" && left.choices?.length && Date.now() - left.wants < 3600e3 ? left.choices : null;
};
const answerWhose = (S, mine) => {
  const choices = S.left.filter((code) => S.projects.has(code));
  S.left = null;
  dropRecord(recordName(S.data, "guest"));
  if (mine && !isFrozen(S)) { S.undo = []; S.choice = choices; keep(S); }
  paint(S);
  S.els.title.focus();
};

// A device that many use: what a guest leaves on it is forgotten after ten minutes without a touch.
const SHARED = "glas:shared", IDLE = 600_000;
const isShared = () => { try { return localStorage.getItem(SHARED) === "1"; } catch { return false; } };
const share = (wish) => { try { if (wish) localStorage.setItem(SHARED, "1"); else localStorage.removeItem(SHARED); } catch { /* private mode */ } };
const isLeft = (record) => isShared() && Date.now() - record.touched > IDLE;

// Leave nothing of a guest: neither choice nor order nor a code that was brought along. The next one begins anew.
const finish = (S) => {
  S.gone = true;
  dropRecord(S.name);
  try { sessionStorage.removeItem("glas:code"); } catch { /* nothing was kept then */ }
  location.reload();
};

// Receipts that this device remembers, because the voter wished it; the board's page lists them.
const RECEIPTS = "glas:receipts";
const remembered = () => {
  try {
    const found = JSON.parse(localStorage.getItem(RECEIPTS));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
};
const rememberReceipt = (S, wish) => {
  const { number, link } = S.receipt, others = remembered().filter((one) => one.number !== number);
  const all = wish ? [...others, { number, round: S.data.slug, title: S.data.round, link, of: S.data.owner }] : others;
  try {
    if (all.length) localStorage.setItem(RECEIPTS, JSON.stringify(all));
    else localStorage.removeItem(RECEIPTS);
  } catch { /* private mode: it is not remembered, and the box says so */ }
  S.els.remember.checked = remembered().some((one) => one.number === number);
};

const keep = (S) => {
  const counted = S.saved?.choices;
  const open = !counted || !same(S.choice, counted, ways(S).ordered);
  if (open && (S.choice.length || counted)) S.record.choices = S.choice;
  else delete S.record.choices;
  S.record.order = S.order;
  S.record.base = S.saved?.revision ?? 0;
  writeRecord(S);
};
