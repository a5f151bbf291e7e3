// Receipts remembered on this device: each leads to its answer, and can be forgotten.
const NAME = "glas:receipts";

const read = () => {
  try {
    const found = JSON.parse(localStorage.getItem(NAME));
    return Array.isArray(found) ? found.filter((one) => typeof one?.number === "string" && String(one.link).startsWith("/board?")) : [];
  } catch {
    return [];
  }
};

const forget = (number) => {
  const rest = read().filter((one) => one.number !== number);
  if (rest.length) localStorage.setItem(NAME, JSON.stringify(rest));
  else localStorage.removeItem(NAME);
};

const row = (one, data, again) => {
  const item = document.createElement("li"), link = document.createElement("a"), round = document.createElement("span"), button = document.createElement("button");
  link.textContent = one.number;
  link.href = one.link;
  round.textContent = one.title || "";
  button.type = "button";
  button.textContent = data.forget;
  button.setAttribute("aria-label", data.forget_named.replace("{number}", one.number));
  button.onclick = () => { forget(one.number); again(); };
  item.append(link, round, button);
  return item;
};

export default function kept({ parentElement, data }) {
  const section = parentElement.querySelector("section");
  const paint = () => {
    const all = read().filter((one) => data.of && one.of === data.of); // several people may use one device
    section.hidden = !all.length;
    section.querySelector("h2").textContent = data.title;
    section.querySelector("ul").replaceChildren(...all.map((one) => row(one, data, paint)));
  };
  paint();
}
