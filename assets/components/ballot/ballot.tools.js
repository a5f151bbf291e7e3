// Small tools: nodes, words, numbers. Texts of people are only ever set as textContent.

const make = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

const icon = (name) => {
  const node = make("span", "i", name);
  node.setAttribute("aria-hidden", "true");
  node.translate = false;
  return node;
};

// Writing only what changed keeps screen readers, selections and the browser's layout at rest.
const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const show = (node, visible) => { if (node.hidden === Boolean(visible)) node.hidden = !visible; };
const mark = (node, name, value) => {
  if (value === null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
};

// A date may end in the full stop of „ч.“, and so may the sentence.
const say = (template, facts = {}) => template.replace(/\{(\w+)\}/g, (all, name) => (name in facts ? facts[name] : all)).replace(/\.\.$|\.\.(?= )/g, ".");
const many = (forms, count, facts = {}) => say(forms[count === 1 ? 0 : 1], { count, ...facts });

// An amount in minor units as the server writes it; `money` holds the pieces of one example that the server wrote.
const amount = (money, minor) => {
  const unit = 10 ** money.digits;
  const whole = String(Math.trunc(minor / unit)).replace(/\B(?=(\d{3})+$)/g, money.group);
  const rest = minor % unit;
  return money.before + whole + (rest ? money.decimal + String(rest).padStart(money.digits, "0") : "") + money.after;
};

const same = (left, right, ordered) => {
  if (left.length !== right.length) return false;
  if (ordered) return left.every((code, at) => code === right[at]);
  const set = new Set(left);
  return right.every((code) => set.has(code));
};

const randomHex = (bytes) => [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const newId = () => crypto.randomUUID?.() ?? randomHex(16);

// The element that scrolls the page: the nearest ancestor, through shadow roots, that can.
const scroller = (node) => {
  for (let at = node; at; at = at.parentNode || at.host) {
    if (at.nodeType === 1 && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
};
