// Casting: one request id per ballot, kept until a definite answer. A retry carries the same id, so nothing counts twice.

const PATIENCE = 10_000; // ms until an answer is given up and the server is asked what it has
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

const cast = (S, withdraw = false) => {
  if (isFrozen(S)) return;
  S.news = null;
  // Half of the nonce is made here, so that the server cannot hand two voters the same receipt.
  S.record.pending = { request_id: newId(), choices: withdraw ? [] : S.choice.slice(), replaces: S.known, nonce: randomHex(32), withdraw };
  keep(S); // before anything is sent: a reload in the middle finds it again
  turn(S, "sending");
  deliver(S, false);
};

// Tell and show a new state of the sending.
const turn = (S, step) => {
  S.waiting = WAITING.includes(step) ? step : null;
  if (S.els.dialog.open) S.step = step;
  paint(S);
  const words = NEWS[step] && S.data.texts[NEWS[step][2]];
  if (words) announce(S, words);
};

const ask = async (S, check) => {
  const url = S.data.url + (check ? `&request_id=${encodeURIComponent(S.record.pending.request_id)}` : "");
  const options = { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout?.(PATIENCE) };
  if (!check) {
    Object.assign(options, { method: "POST", keepalive: true, body: JSON.stringify(S.record.pending) });
    options.headers["Content-Type"] = "application/json";
  }
  try {
    const answer = await fetch(url, options);
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  } catch {
    return null; // no answer: it may have arrived all the same
  }
};

const deliver = async (S, check) => {
  if (S.delivering) return;
  S.delivering = true;
  for (let round = 0; S.record.pending && !S.gone; round += 1) {
    const answer = await ask(S, check);
    if (S.gone || !S.record.pending) break;
    if (answer && settle(S, answer, check)) break;
    if (check && answer?.status === 404) { check = false; continue; }
    turn(S, !answer ? (navigator.onLine ? "unsure" : "offline") : "busy");
    // Too many requests is a definite no; after anything else the server is asked before a second send.
    check = answer?.status !== 429;
    await rest(S, PAUSES[Math.min(round, PAUSES.length - 1)]);
  }
  S.delivering = false;
};

// Try at once; another tab may have begun the sending and gone.
const again = (S) => { if (S.delivering) S.wake?.(); else deliver(S, true); };

const rest = (S, pause) => new Promise((done) => {
  const timer = setTimeout(done, pause);
  S.wake = () => { clearTimeout(timer); done(); };
});

// Act on a definite answer and return true; false means: keep waiting.
const settle = (S, { status, body }, check) => {
  if (status === 200 || status === 201) return Boolean(body.number) && accept(S, body);
  if (status === 401 && S.data.voter !== "guest" && body.error !== "signed_out") { expire(S); return true; }
  if (status === 401 && check) { turn(S, "sign_in"); S.news = ["wa", "lock", S.data.texts.signed_out]; paint(S); return true; }
  if (check || ![400, 401, 403, 404, 409, 413, 415, 422].includes(status)) return false;
  const { withdraw } = S.record.pending;
  delete S.record.pending;
  if (status === 401) S.record.wants = Date.now();
  S.known = Math.max(S.known, S.saved?.revision ?? 0);
  S.newer = body.revision;
  keep(S);
  const step = status === 401 ? "sign_in" : body.error === "stale" && !withdraw ? "stale" : "refused";
  const gone = (body.withdrawn ?? []).map((code) => S.projects.get(code)?.title).filter(Boolean);
  S.reload = Boolean(body.withdrawn);
  const words = gone.length ? say(S.data.texts.refused_withdrawn, { titles: gone.join(", ") }) : body.message;
  S.news = ["wa", step === "sign_in" ? "lock" : "warning", words || S.data.texts.refused];
  if (body.error === "closed") S.ended = true;
  turn(S, step);
  announce(S, S.news[2]);
  return true;
};

const accept = (S, receipt) => {
  const { choices, withdraw } = S.record.pending;
  delete S.record.pending;
  delete S.record.wants;
  S.receipt = { ...receipt, until: receipt.until_text };
  S.saved = withdraw ? null : { ...S.receipt, choices };
  S.withdrawn = withdraw;
  S.known = receipt.revision;
  S.choice = choices.filter((code) => S.projects.has(code));
  S.undo = [];
  S.record.cast = receipt.revision;
  S.news = null;
  S.waiting = null;
  keep(S);
  turn(S, "done");
  if (S.els.dialog.open) {
    S.els.dialog.scrollTop = 0;
    S.els.heading.focus({ preventScroll: true });
  }
  announce(S, withdraw ? S.data.texts.withdrawn_done : `${S.data.texts.done} ${say(S.data.texts.thanks, { until: S.saved.until })}`);
  return true;
};

// The sign-in has run out: its owner types the password here, and the same request goes out again.
const expire = (S) => {
  S.again = S.record.pending;
  delete S.record.pending;
  S.wrong = null;
  keep(S);
  turn(S, "again");
  announce(S, S.data.texts.again_what);
  S.els.again.querySelector("input").focus();
};

const renew = async (S) => {
  const [password, code] = S.els.again.querySelectorAll("input");
  if (!password.value || S.renewing || !S.again) return;
  S.renewing = true;
  paint(S);
  let answer = null, body = {};
  try {
    answer = await fetch("/session/again", {
      method: "POST", credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout?.(PATIENCE),
      headers: { "Content-Type": "application/json" }, body: JSON.stringify({ password: password.value, code: code.value }),
    });
    body = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  } catch { /* said below */ }
  S.renewing = false;
  if (S.gone) return;
  if (answer?.status === 204) {
    S.record.pending = S.again; // the same id and the same choices
    S.again = null;
    S.renewed = true; // this page still has the old sign-in; it is loaded anew when the sheet closes
    password.value = code.value = "";
    keep(S);
    turn(S, "sending");
    deliver(S, false);
    return;
  }
  if (body.error === "gone") {
    S.again = null;
    S.record.wants = Date.now();
    keep(S);
    S.news = ["wa", "lock", body.message];
    turn(S, "sign_in");
    return;
  }
  if (body.error === "code") show(code.parentElement, true);
  S.wrong = body.message || S.data.texts.offline;
  paint(S);
  announce(S, S.wrong);
};
