// What the browser keeps: one record per round and voter.
// { choices?, order, pending?, base, cast?, wants? } – `choices` only while they differ from the ballot that counts.

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

// A guest who went to sign in from the review finds the choice again under the new name, once and for an hour.
// The order is not taken along: from here on it is the voter's own.
const adopt = (data) => {
  const guest = recordName(data, "guest");
  const left = readRecord(guest);
  if (data.voter === "guest" || !left.wants || Date.now() - left.wants > 3600e3) return null;
  try { localStorage.removeItem(guest); } catch { return null; }
  return { choices: left.choices, base: 0 };
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
  const all = wish ? [...others, { number, round: S.data.slug, title: S.data.round, link }] : others;
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
