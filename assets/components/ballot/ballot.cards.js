// The list of projects: each card is built once, then only told what changed.

const LOOK = { on: "check", off: "add", no: "lock" };

const buildCard = (S, code) => {
  const card = make("li", "card");
  const tile = make("span", "tile");
  tile.append(icon(""));
  tile.setAttribute("aria-hidden", "true");
  const heading = make("h3");
  const title = make("button", "title");
  title.type = "button";
  title.append(make("span", "w"), icon("expand_more"));
  heading.append(title);
  const line = make("p", "line");
  line.append(make("span", "brief"), make("span", "link"));
  line.setAttribute("aria-hidden", "true");
  const facts = make("p", "facts");
  facts.append(make("b", "money"), make("span", "dot", "·"), make("span", "state"));
  const full = make("div", "full");
  full.id = `full-${S.number++}`;
  full.hidden = true;
  full.append(make("p", "words"), make("p", "where"));
  title.setAttribute("aria-controls", full.id);
  const button = make("button", "toggle");
  button.type = "button";
  button.append(icon(""));
  card.append(tile, heading, line, facts, button, full);
  const unfold = () => {
    full.hidden = !full.hidden;
    paintCard(S, code);
  };
  title.addEventListener("click", unfold);
  line.addEventListener("click", unfold);
  button.addEventListener("click", () => ways(S).press(S, code));
  const part = (name) => card.querySelector(name);
  return { card, tile, title, line, facts, full, button, brief: part(".brief"), word: part(".title .w"), chevron: part(".title .i"),
    link: part(".link"), money: part(".money"), state: part(".state"), words: part(".words"), where: part(".where") };
};

const paintCard = (S, code) => {
  const t = S.data.texts, project = S.projects.get(code), c = S.cards.get(code);
  const { ordered } = ways(S), chosen = S.choice.includes(code), why = obstacle(S, code);
  const look = chosen ? "on" : why ? "no" : "off";
  mark(c.card, "class", `card ${look}${c.full.hidden ? "" : " open"}${project.text ? "" : " bare"}`);
  show(c.card, !(ordered && chosen));
  mark(c.tile, "class", `tile g-c-${project.theme}`);
  put(c.tile.firstChild, project.icon);
  put(c.word, project.title);
  put(c.brief, project.text);
  put(c.link, c.full.hidden ? t.more : t.less);
  show(c.line, Boolean(project.text) && c.full.hidden);
  put(c.money, project.money);
  const short = why?.money ? say(t.short, { amount: amount(S.data.money, why.money) }) : "";
  put(c.state, chosen ? t.chosen : short || project.place);
  mark(c.state, "class", chosen ? "state is-on" : short ? "state is-short" : "state");
  show(c.facts.children[1], Boolean(c.state.textContent));
  put(c.words, project.text);
  put(c.where, [project.topic, project.place].filter(Boolean).join(" · "));
  mark(c.title, "aria-expanded", String(!c.full.hidden));
  put(c.chevron, c.full.hidden ? "expand_more" : "expand_less");
  put(c.button.firstChild, LOOK[look]);
  mark(c.button, "aria-pressed", ordered ? null : chosen ? "true" : "false");
  mark(c.button, "aria-disabled", why || isFrozen(S) ? "true" : null);
  mark(c.button, "aria-label", say(chosen ? t.remove_named : t.add_named, { title: project.name, amount: project.money }));
};

const paintCards = (S) => {
  for (const code of S.order) if (!S.cards.has(code)) S.cards.set(code, buildCard(S, code));
  for (const [code, c] of S.cards) if (!S.projects.has(code)) { c.card.remove(); S.cards.delete(code); }
  arrange(S.els.cards, S.order.map((code) => S.cards.get(code).card));
  for (const code of S.order) paintCard(S, code);
};

// Put nodes in order and move only those out of place, so that focus and scroll stay.
const arrange = (list, nodes) => {
  nodes.forEach((node, at) => { if (list.children[at] !== node) list.insertBefore(node, list.children[at] ?? null); });
};
