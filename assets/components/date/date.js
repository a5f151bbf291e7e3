// Dates as the browser's own fields. The component holds what is typed; Python hears of it once a field is complete.
const kept = new WeakMap();
const DAY = 86400000;

export default function (component) {
  const { parentElement, setStateValue } = component, data = JSON.parse(component.data.json);
  let view = kept.get(parentElement);
  if (!view) {
    view = { root: parentElement.querySelector(".rows"), inputs: new Map(), shape: "", sent: "", reset: null, timer: 0 };
    kept.set(parentElement, view);
  }
  view.send = (value) => setStateValue("value", value);
  view.data = data;
  const shape = JSON.stringify(data.rows.map((row) => [row.name, (row.fields || []).map((f) => [f.name, !!f.time])]));
  if (shape !== view.shape) { build(view); view.shape = shape; view.reset = null; }
  patch(view);
  return () => clearTimeout(view.timer);
}

function el(tag, props = {}, ...children) {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children);
  return made;
}

function build(view) {
  view.inputs.clear();
  view.rows = view.data.rows.map((row) => {
    const name = el("span"), note = el("span", { className: "note" }), error = el("p", { className: "err", hidden: true });
    const text = el("span", { className: "text" }), to = el("span", { className: "to" }), bar = el("i");
    error.id = "e-" + row.name; note.id = "n-" + row.name; error.style.margin = 0;
    const fields = el("div", { className: "fields" }, text);
    (row.fields || []).forEach((field, number) => {
      if (number) fields.append(to);
      fields.append(pair(view, field, row));
    });
    const track = el("div", { className: "track", ariaHidden: "true" }, bar);
    track.setAttribute("aria-hidden", "true");
    const set = el("fieldset", {}, el("legend", {}, el("span", {}, name, note)), fields, track, error);
    return { set, name, note, error, text, to, bar, track };
  });
  view.root.replaceChildren(...view.rows.map((row) => row.set));
}

function pair(view, field, row) {
  const day = el("input", { type: "date" });
  const hour = field.time ? el("input", { type: "time", step: 60 }) : null;
  for (const input of [day, hour]) {
    if (!input) continue;
    input.setAttribute("aria-describedby", `e-${row.name} n-${row.name}`);
    input.addEventListener("input", () => draw(view));
    input.addEventListener("change", () => later(view, 500));
    input.addEventListener("blur", () => later(view, 0, true));
  }
  view.inputs.set(field.name, { day, hour });
  return el("div", { className: "pair" }, ...[day, hour].filter(Boolean));
}

function patch(view) {
  const { data } = view;
  view.root.classList.toggle("single", !!data.single);
  view.root.setAttribute("aria-label", data.label || "");
  data.rows.forEach((row, number) => {
    const at = view.rows[number];
    at.name.textContent = row.label;
    at.note.textContent = row.note || ""; at.note.hidden = !row.note;
    at.text.textContent = row.text || ""; at.text.hidden = !row.text;
    at.to.textContent = data.words.to;
    at.error.textContent = row.error || ""; at.error.hidden = !row.error;
    at.track.hidden = !row.bar;
    at.bar.className = row.bar || "";
    (row.fields || []).forEach((field) => {
      const { day, hour } = view.inputs.get(field.name);
      if (view.reset !== data.reset) { day.value = field.value || ""; if (hour) hour.value = field.time || ""; }
      name(day, row.label, field.label, hour ? data.words.day : "");
      if (hour) name(hour, row.label, field.label, data.words.hour);
      for (const input of [day, hour]) {
        if (!input) continue;
        input.disabled = !!field.disabled;
        input.setAttribute("aria-invalid", row.error ? "true" : "false");
      }
      day.min = field.min || ""; day.max = field.max || "";
    });
  });
  if (view.reset !== data.reset) { view.reset = data.reset; view.sent = JSON.stringify(values(view)); }
  draw(view);
}

function name(input, ...words) {
  input.setAttribute("aria-label", words.filter(Boolean).join(", "));
}

function values(view) {
  const found = {};
  for (const [key, { day, hour }] of view.inputs) found[key] = day.value ? day.value + (hour ? "T" + (hour.value || "00:00") : "") : "";
  return found;
}

function later(view, wait, done = false) {
  clearTimeout(view.timer);
  view.timer = setTimeout(() => {
    const found = values(view), text = JSON.stringify(found);
    // A year that is still being typed is 0002, 0020, 0202: wait for the rest, or for the field to be left.
    if (text === view.sent) return;
    if (!done && Object.values(found).some((value) => value && value < "1900")) return;
    view.sent = text;
    view.send(found);
  }, wait);
}

// The bars: every row from its start to its end on the line from the first date to the last.
function draw(view) {
  const found = values(view);
  const time = (key) => (found[key] ? Date.parse(found[key].length === 10 ? found[key] + "T00:00" : found[key]) : NaN);
  const ends = view.data.rows.map((row) => {
    if (!row.bar) return null;
    const [from, until] = row.between || row.fields.map((field) => field.name);
    const start = time(from), day = (found[until || from] || "").length === 10 ? DAY : 0;
    return [row.between ? start + DAY * (found[from].length === 10) : start, row.between ? time(until) : time(until || from) + day];
  });
  const all = ends.flat().filter((value) => Number.isFinite(value));
  const first = Math.min(...all), whole = Math.max(1, Math.max(...all) - first);
  ends.forEach((end, number) => {
    const bar = view.rows[number].bar;
    const good = end && Number.isFinite(end[0]) && Number.isFinite(end[1]) && end[1] > end[0];
    bar.hidden = !good;
    if (!good) return;
    bar.style.left = `min(${(100 * (end[0] - first)) / whole}%, calc(100% - 8px))`;
    bar.style.width = `${(100 * (end[1] - end[0])) / whole}%`;
  });
}
