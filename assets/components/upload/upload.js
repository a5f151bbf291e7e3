// One file to the server, with a bar. Python is told its ticket when all of it has arrived.
const kept = new WeakMap();

export default function (component) {
  const { parentElement, setStateValue } = component, data = JSON.parse(component.data.json);
  let view = kept.get(parentElement);
  if (!view) {
    const one = (selector) => parentElement.querySelector(selector);
    view = { box: one(".box"), name: one(".name"), hint: one(".hint"), file: one("input"), label: one("label"), bar: one(".bar"), say: one(".say"), chosen: "" };
    kept.set(parentElement, view);
    listen(view);
  }
  view.data = data;
  if (view.turn !== data.turn && !view.request) { view.turn = data.turn; view.chosen = ""; say(view, ""); }
  view.send = (value) => setStateValue("file", value);
  view.name.textContent = view.chosen || data.words.drop;
  view.hint.textContent = data.words.hint;
  view.label.textContent = data.words.choose;
  view.file.accept = data.accept;
  view.bar.setAttribute("aria-label", data.words.sending);
  return () => view.request?.abort();
}

function listen(view) {
  view.file.addEventListener("change", () => start(view, view.file.files[0]));
  view.box.addEventListener("dragover", (event) => { event.preventDefault(); view.box.classList.add("over"); });
  view.box.addEventListener("dragleave", () => view.box.classList.remove("over"));
  view.box.addEventListener("drop", (event) => {
    event.preventDefault();
    view.box.classList.remove("over");
    start(view, event.dataTransfer.files[0]);
  });
}

function say(view, text, bad = false) {
  view.say.textContent = text;
  view.say.classList.toggle("bad", bad);
}

function start(view, file) {
  if (!file || view.request) return;
  const { words, most, url } = view.data;
  view.chosen = view.name.textContent = file.name;
  if (file.size > most) return say(view, words.big, true);
  say(view, words.sending);
  view.bar.hidden = false;
  view.file.disabled = true;
  const request = (view.request = new XMLHttpRequest());
  request.upload.addEventListener("progress", (event) => move(view, event.loaded / Math.max(1, event.total)));
  request.addEventListener("loadend", () => end(view, request, file));
  request.open("POST", url);
  request.setRequestHeader("content-type", "application/octet-stream");
  request.setRequestHeader("x-name", encodeURIComponent(file.name).slice(0, 600));
  request.send(file);
}

function move(view, share) {
  const percent = Math.round(100 * share);
  view.bar.firstElementChild.style.width = percent + "%";
  view.bar.setAttribute("aria-valuenow", percent);
}

function end(view, request, file) {
  view.request = null;
  view.bar.hidden = true;
  move(view, 0);
  view.file.disabled = false;
  view.file.value = "";
  let answer = {};
  try { answer = JSON.parse(request.responseText); } catch { /* no answer of ours */ }
  if (request.status === 201) { say(view, view.data.words.sent); view.send({ ticket: answer.ticket, name: file.name }); }
  else say(view, answer.message || view.data.words.failed, true);
}
