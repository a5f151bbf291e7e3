// The sheet: what you are about to cast, what happens to it, and the receipt.

// step → [look of the news, icon, text]; `review` and `done` have no news.
const NEWS = {
  sending: ["in", "sync", "sending"], unsure: ["wa", "sync", "unsure"], offline: ["wa", "cloud_off", "offline"], busy: ["wa", "schedule", "busy"],
};
const WAITING = ["sending", "unsure", "offline", "busy"];

const open = (S, step) => {
  S.step = step;
  S.opener = S.root.activeElement ?? S.els.go;
  paint(S);
  if (!S.els.dialog.open) {
    S.els.dialog.showModal();
    window.glasSheet?.open(S.cover);
  }
  // Outside an open dialog nothing is announced, so the live region moves along.
  S.els.dialog.append(S.els.live);
  put(S.els.live, "");
  S.els.heading.focus({ preventScroll: true });
  S.els.dialog.scrollTop = 0;
};

const closed = (S) => {
  // The browser tells of a closing a little later; by then the sheet may have been opened again.
  if (S.els.dialog.open) return;
  window.glasSheet?.closed(S.cover);
  S.step = null;
  S.again = null;
  if (S.renewed && !S.record.pending) { location.reload(); return; }
  if (S.data.ended) { S.els.root.append(S.els.live); announce(S, uncast(S).length ? `${S.data.texts.not_cast}. ${S.els.ended.querySelector("p").textContent}` : ""); return; }
  S.els.root.append(S.els.live);
  paint(S);
  const field = S.toCode && document.querySelector(".st-key-card-vote-code input");
  S.toCode = false;
  if (field) { field.focus(); return; }
  const opener = S.opener?.isConnected && !S.opener.closest("[hidden]") ? S.opener : S.els.go;
  opener.focus({ preventScroll: true });
};

const review = (S) => {
  const t = S.data.texts, short = missing(S);
  if (isFrozen(S)) return open(S, S.waiting || "sending");
  if (S.saved && !isOpen(S) && S.saved.number) {
    S.receipt = S.saved;
    return open(S, "done");
  }
  if (short) return announce(S, S.choice.length ? many(t.choose_more, short) : many(t.choose_first, short), true);
  return open(S, "review");
};

const paintDialog = (S) => {
  if (!S.step) return;
  const t = S.data.texts, e = S.els, done = S.step === "done", waiting = WAITING.includes(S.step), leaving = S.step === "withdraw" || Boolean(S.record.pending?.withdraw);
  put(e.heading, done ? (S.withdrawn ? t.withdrawn_done : t.done) : leaving ? t.withdraw_title : S.step === "stale" ? t.stale_title : S.step === "refused" ? t.refused_title : t.is_this);
  mark(e.close, "aria-label", t.close);
  show(e.choice, !done && !leaving);
  show(e.leave, leaving);
  put(e.leave.children[0], t.withdraw_what);
  put(e.leave.children[1], say(t.withdraw_again, { until: S.data.until }));
  show(e.receipt, done);
  if (done) paintReceipt(S);
  else { paintLines(S, e.lines); paintSum(S); }
  const [look, sign, words] = S.step === "again" ? [S.wrong ? "er" : "wa", "lock", S.wrong || t.again_what] : S.news ?? (NEWS[S.step] ? [NEWS[S.step][0], NEWS[S.step][1], t[NEWS[S.step][2]]]
    : S.step === "review" && !S.data.may_cast ? ["in", "info", S.data.reason] : []);
  const asks = S.step === "again";
  show(e.again, asks);
  if (asks) {
    const [first, second] = e.again.querySelectorAll("span");
    put(first, t.password);
    put(second, t.second_code);
  }
  show(e.news, Boolean(words));
  mark(e.news, "class", `news note ${look ?? ""}`);
  put(e.news.children[0], sign ?? "");
  put(e.news.children[1], words ?? "");
  show(e.until, S.step !== "refused");
  show(e.secret, S.step === "review" && S.data.may_cast);
  put(e.backButton, done ? t.copy : waiting ? t.close_short : leaving ? t.withdraw_no : t.change);
  const main = mainAction(S);
  show(e.mainButton, Boolean(main) && !main?.href);
  show(e.away, Boolean(main?.href));
  show(e.joins, Boolean(main?.joins));
  if (main?.joins) { put(e.joins, t.join); mark(e.joins, "href", main.joins); }
  show(e.second, S.step === "stale");
  put(e.second, t.load_newer);
  if (main?.href) { put(e.away, main.word); mark(e.away, "href", main.href); }
  if (main) { put(e.mainWord, main.word); put(e.mainIcon, main.icon); }
  mark(e.mainButton, "aria-disabled", S.step === "sending" || S.step === "unsure" ? "true" : null);
  mark(e.dialog, "aria-busy", waiting ? "true" : null);
};

const mainAction = (S) => {
  const t = S.data.texts;
  if (S.step === "withdraw") return { word: t.withdraw_yes, icon: "undo" };
  if (S.step === "done") return { word: t.close_done, icon: "check" };
  if (S.step === "sending") return { word: t.sending_short, icon: "sync" };
  if (S.step === "unsure") return { word: t.checking_short, icon: "sync" };
  if (WAITING.includes(S.step)) return { word: t.retry, icon: "refresh" };
  if (S.step === "again") return { word: S.renewing ? t.checking_short : t.again, icon: "lock_open" };
  if (S.step === "sign_in") return { word: t.sign_in, href: S.data.sign_in };
  if (S.step === "stale") return { word: t.replace, icon: "how_to_vote" };
  if (S.step === "refused") return S.reload ? { word: t.reload, icon: "refresh" } : null;
  if (S.data.may_cast) return { word: S.saved ? t.cast_again : t.cast, icon: "how_to_vote" };
  if (S.data.next === "sign_in") return { word: t.sign_in, href: S.data.sign_in, joins: S.data.join };
  return S.data.next === "code" ? { word: t.to_code, icon: "key" } : null;
};

const paintLines = (S, list) => {
  const { ordered } = ways(S);
  list.replaceChildren(...S.choice.map((code, at) => {
    const project = S.projects.get(code), line = make("li");
    const tile = make("span", ordered ? "place" : `tile sm g-c-${project.theme}`);
    if (ordered) tile.textContent = String(at + 1);
    else tile.append(icon(project.icon));
    tile.setAttribute("aria-hidden", "true");
    line.append(tile, make("span", "grow", project.title), make("b", "money", project.money));
    return line;
  }));
};

const paintSum = (S) => {
  const t = S.data.texts, e = S.els, { money } = S.data;
  show(e.total, ways(S).priced);
  put(e.total.children[0], say(t.total, { amount: amount(money, left(S)) }));
  put(e.total.children[1], amount(money, cost(S)));
  put(e.secretBold, t.secret);
  put(e.secretRest, t.secret_more);
  put(e.until, S.saved ? `${say(t.until, { until: S.data.until })} ${t.replaces}` : say(t.until, { until: S.data.until }));
};

// The code is drawn by the server, when the receipt is on the screen. It is asked for by POST, because an address that held
// the receipt would stand in the log of a proxy, with the minute of the vote.
const drawCode = async (S) => {
  const { link } = S.receipt, images = [S.els.qr, S.els.paper.children[1]];
  if (S.drawn === link) return;
  S.drawn = link;
  for (const image of images) mark(image, "src", null);
  try {
    const answer = await fetch("/api/receipt", { method: "POST", credentials: "omit", cache: "no-store", body: new URLSearchParams(link.split("?")[1]) });
    if (!answer.ok) throw new Error(answer.status);
    const drawn = `data:image/svg+xml,${encodeURIComponent(await answer.text())}`;
    if (S.drawn === link) for (const image of images) mark(image, "src", drawn);
  } catch {
    await new Promise((done) => { setTimeout(done, 4_000); });
    if (S.drawn === link) S.drawn = null;
    if (S.step === "done" && !S.gone) paintReceipt(S);
  }
};

const paintReceipt = (S) => {
  const t = S.data.texts, e = S.els, { number, latin, bars, until, link, line } = S.receipt, head = number.split("-");
  put(e.thanks, say(S.withdrawn ? t.withdrawn_thanks : t.thanks, { until: until ?? S.data.until }));
  put(e.cap, t.number);
  // Two halves that break only between them; screen readers get the number as it is.
  e.code.replaceChildren(make("span", "", `${head[0]}-${head[1]}-`), make("span", "", `${head[2]}-${head[3]}`));
  put(e.latin, say(t.latin, { number: latin }));
  mark(e.print, "aria-label", t.print);
  e.print.replaceChildren(...bars.map((height) => { const bar = make("i"); bar.style.height = `${height}%`; return bar; }));
  put(e.drawn, t.drawn);
  drawCode(S);
  mark(e.qr, "alt", t.qr);
  put(e.proves, S.withdrawn ? t.proves_withdrawn : t.proves);
  put(e.never, t.never);
  put(e.rememberWord, t.remember);
  e.remember.checked = remembered().some((one) => one.number === number);
  put(e.check, t.check);
  mark(e.check, "href", link);
  put(e.printer, t.print_line);
  put(e.paper.children[0], line);
};

const pressMain = (S) => {
  if (S.els.mainButton.getAttribute("aria-disabled")) return;
  if (S.step === "review" && S.data.may_cast) { cast(S); return; }
  if (S.step === "again") { renew(S); return; }
  if (S.step === "withdraw") { cast(S, true); return; }
  if (S.step === "stale") { S.known = S.newer; cast(S); return; }
  if (S.step === "offline" || S.step === "busy") { again(S); return; }
  if (S.step === "refused") { location.reload(); return; }
  if (S.step === "review" && S.data.next === "code") { S.toCode = true; S.els.dialog.close(); return; }
  S.els.dialog.close();
};

const pressBack = async (S) => {
  if (S.step !== "done") { S.els.dialog.close(); return; }
  try {
    await navigator.clipboard.writeText(S.receipt.number);
    put(S.els.backButton, S.data.texts.copied);
    announce(S, S.data.texts.copied);
  } catch {
    // No clipboard here: select the number so that one gesture copies it.
    const range = document.createRange();
    range.selectNodeContents(S.els.code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }
};
