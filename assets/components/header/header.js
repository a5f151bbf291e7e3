// The header: pages, language, account. Built once; later calls only change what differs, so that focus stays.
const states = new WeakMap();
const app = () => document.querySelector("[data-test-connection-state]");
const connected = () => app()?.dataset.testConnectionState === "CONNECTED";

function show(list, items, state) {
  while (list.children.length > items.length) list.lastChild.remove();
  items.forEach((item, index) => {
    let row = list.children[index];
    if (!row) {
      row = document.createElement("li");
      row.append(document.createElement("a"));
      list.append(row);
    }
    const link = row.firstChild;
    if (link.getAttribute("href") !== item.href) link.setAttribute("href", item.href);
    if (link.textContent !== item.title) link.textContent = item.title;
    if (item.here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
}

function text(element, words) {
  if (element.textContent !== words) element.textContent = words;
  element.hidden = !words;
}

const PHONE = matchMedia("(max-width: 899px)"); // the menu covers the page there

function toggle(state, open, back = false) {
  if (state.menu.hidden === open) {
    state.menu.hidden = !open;
    state.cover ??= () => toggle(state, false, true);
    if (!open) glasSheet.closed(state.cover);
    else if (PHONE.matches) glasSheet.open(state.cover);
  }
  state.opener.setAttribute("aria-expanded", String(open));
  state.opener.setAttribute("aria-label", open ? state.words.close : state.words.menu);
  if (back) state.opener.focus();
}

// A click on a link to one of our pages changes the page in place, as the browser's own back button does.
function follow(state, event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.composedPath().find((part) => part.tagName === "A" && part.hasAttribute?.("href"));
  if (!link || (link.target && link.target !== "_self") || link.hasAttribute("download")) return;
  const to = new URL(link.href, location.href);
  if (to.origin !== location.origin || !state.paths.has(to.pathname) || (navigator.onLine && !connected())) return;
  if (to.hash && to.pathname === location.pathname && to.search === location.search) return;
  event.preventDefault();
  if (!navigator.onLine) return text(state.offline, state.words.offline_link);
  // What covered the page goes with it, and the page that comes takes its place in the history.
  history[glasSheet.left() ? "replaceState" : "pushState"]({}, "", to.pathname + to.search);
  toggle(state, false);
  dispatchEvent(new PopStateEvent("popstate"));
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
}

// What a full page load does by itself: a page that came in the place of another begins at its heading, which is read.
function arrive(state) {
  if (!state.leaving || app()?.dataset.testScriptState !== "notRunning") return;
  state.leaving = false;
  requestAnimationFrame(() => setTimeout(() => {
    const page = document.querySelector(".st-key-glas-page"), heading = page?.querySelector("h1");
    // Where the page has led the focus somewhere itself, or somebody has opened the menu meanwhile, it stays there.
    if (!heading || !state.menu.hidden || document.activeElement?.closest(".st-key-glas-page :is(input,textarea,[tabindex='-1'])")) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }, 60));
}

// One button a language; they are built anew only when the town offers others.
function offer(group, { languages, language }, state) {
  const codes = languages.map(({ code }) => code).join(" ");
  if (state.codes !== codes) {
    group.replaceChildren(...languages.map(({ code, name, sign }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", lang: code, textContent: sign });
      button.dataset.lang = code;
      button.setAttribute("aria-label", name);
      button.addEventListener("click", () => speak(state, code));
      return button;
    }));
    state.codes = codes;
  }
  group.hidden = languages.length < 2;
  for (const button of group.children) button.setAttribute("aria-pressed", String(button.dataset.lang === language));
}

function speak(state, language) {
  if (language === state.language) return;
  // The cookie serves the next visit; this page is told by the component.
  fetch("/lang/" + language, { method: "POST", keepalive: true }).catch(() => {});
  if (connected()) state.send("language", language);
  else setTimeout(() => location.reload(), 300);
}

// Streamlit names a field after its label as it was written, markup included: the hint in it becomes a description.
const HINT = /^(.*?) :small\[([^]*)\]$/;
// The arrow of a list to choose from is named in English.
let arrow = "";
function plainNames() {
  coverByPopover();
  for (const button of document.querySelectorAll('button[aria-haspopup="listbox"][aria-label]')) {
    const name = button.getAttribute("aria-label");
    if (name !== arrow && (name === "Open" || button.dataset.glas)) {
      button.dataset.glas = "1";
      button.setAttribute("aria-label", arrow);
    }
  }
  for (const field of document.querySelectorAll('[aria-label*=":small["]')) {
    const [, name, hint] = HINT.exec(field.getAttribute("aria-label")) ?? [];
    if (!name) continue;
    field.setAttribute("aria-label", name);
    field.setAttribute("aria-description", hint);
  }
}
const names = new MutationObserver(plainNames);

// Streamlit's skip link is the first stop of the Tab key, but it speaks English and leads to what this header is part of.
function skipLink(words) {
  const link = document.querySelector('[data-testid="stSkipToContent"]');
  if (!link) return;
  if (link.textContent !== words) link.textContent = words;
  if (link.dataset.glas) return;
  link.dataset.glas = "1";
  link.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const content = document.querySelector(".st-key-glas-page");
    if (!content) return;
    content.tabIndex = -1;
    content.style.outline = "none";
    content.focus();
  }, true);
}

// Who logs out leaves no guest's choice and no code; on a device that many use, no choice of her own either. A ballot that
// is on its way stays, or it could count twice.
function leaveNothing() {
  try {
    sessionStorage.removeItem("glas:code");
    const shared = localStorage.getItem("glas:shared") === "1";
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith("glas:ballot:") || JSON.parse(localStorage.getItem(name))?.pending) continue;
      if (shared || name.endsWith(":guest")) localStorage.removeItem(name);
    }
  } catch { /* nothing was kept then */ }
}

function build(root, state) {
  const one = (selector) => root.querySelector(selector);
  Object.assign(state, { menu: one(".menu"), opener: one(".opener"), offline: one(".offline"), enter: one(".enter") });
  state.opener.addEventListener("click", () => toggle(state, state.menu.hidden));
  // Checkers of accessibility look for the first link of a page outside of components, to know what a skip link is.
  const mark = document.createElement("a");
  Object.assign(mark, { href: "/assets/logo.svg", hidden: true });
  root.host?.before(mark);
  one(".out").addEventListener("submit", leaveNothing);
  const stop = new AbortController();
  const heard = { signal: stop.signal };
  const escape = (event) => {
    if (event.key === "Escape" && !state.menu.hidden) toggle(state, false, true);
  };
  document.addEventListener("keydown", escape, heard);
  document.addEventListener("click", (event) => {
    const path = event.composedPath();
    follow(state, event);
    if (!state.menu.hidden && !path.includes(state.menu) && !path.includes(state.opener)) toggle(state, false);
  }, heard);
  // Writing is no absence: of staff, whose sign-in ends soon when they are idle, the server hears of it once a minute.
  document.addEventListener("input", () => {
    if (!state.staff || Date.now() < (state.told ?? 0) + 60_000) return;
    state.told = Date.now();
    fetch("/session/alive", { method: "POST" }).catch(() => {});
  }, { ...heard, capture: true });
  // Leaving the open menu with the Tab key closes it, so that it never covers what has the focus.
  one(".bar").addEventListener("focusout", (event) => {
    const to = event.relatedTarget;
    if (to && !state.menu.hidden && !one(".bar").contains(to)) toggle(state, false);
  });
  let waiting = 0;
  const watch = new MutationObserver(() => {
    clearTimeout(waiting);
    if (connected()) state.offline.hidden = true;
    else waiting = setTimeout(() => { if (!connected()) text(state.offline, state.words.offline); }, 1500);
  });
  if (app()) watch.observe(app(), { attributes: true, attributeFilter: ["data-test-connection-state"] });
  const ran = new MutationObserver(() => arrive(state));
  if (app()) ran.observe(app(), { attributes: true, attributeFilter: ["data-test-script-state"] });
  const address = () => location.pathname + location.search;
  state.address = address();
  addEventListener("popstate", () => {
    state.leaving ||= address() !== state.address;
    state.address = address();
  }, heard);
  addEventListener("online", () => { if (connected()) state.offline.hidden = true; }, heard);
  state.leave = () => { stop.abort(); mark.remove(); watch.disconnect(); ran.disconnect(); clearTimeout(waiting); };
}

export default function (component) {
  const { parentElement: root, setTriggerValue } = component, data = JSON.parse(component.data.json);
  let state = states.get(root);
  if (!state) {
    state = {};
    states.set(root, state);
    state.words = data.words;
    build(root, state);
  }
  state.send = setTriggerValue;
  state.words = data.words;
  state.language = data.language;
  state.staff = data.staff.length > 0;
  state.paths = new Set(data.paths);
  const one = (selector) => root.querySelector(selector);
  document.documentElement.lang = data.language;

  skipLink(data.words.skip);
  arrow = data.words.arrow;
  plainNames();
  names.observe(document.body, { subtree: true, childList: true, attributeFilter: ["aria-label"] });
  one(".logo").setAttribute("aria-label", data.words.home);
  one(".pages").setAttribute("aria-label", data.words.pages);
  one(".small").setAttribute("aria-label", data.words.pages);
  one(".langs").setAttribute("aria-label", data.words.language);
  one(".out button").textContent = data.words.out;
  one("#g-staff").textContent = data.words.staff;
  show(one(".pages ul"), data.main, state);
  show(one(".small ul"), data.main, state);
  show(one(".mine"), data.mine, state);
  show(one(".staff ul"), data.staff, state);
  show(one(".more"), data.more, state);
  one(".staff").hidden = !data.staff.length;
  one(".out").hidden = !data.name;
  text(one(".who"), data.name);
  text(state.enter, data.name ? "" : data.words.enter);
  state.enter.setAttribute("href", data.enter);
  offer(one(".langs"), data, state);
  if (state.page !== data.page) {
    state.leaving ||= state.page !== undefined;
    state.page = data.page;
    toggle(state, false);
  }
  toggle(state, !state.menu.hidden);
  return () => { state.leave(); states.delete(root); };
}
