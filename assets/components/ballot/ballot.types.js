// Types of ballot. What all do alike stands here; the module of a type puts its own ways over it, under the type's name.

const TYPES = {};
const ways = (S) => TYPES[S.data.type];

const SLOTS = 12; // more places than that are drawn as a bar

const COMMON = {
  ordered: false, // whether places count: then what is chosen goes up into a list of its own
  priced: false, // whether costs count: then amounts stand beside what is chosen
  press: (S, code) => toggle(S, code), // what the button of a project's card does
  list: (S) => show(S.els.order, false), // draws the list of what is chosen, where there is one
  limit: (S) => S.data.max || S.data.projects.length, // how many projects a ballot may hold
  // Why one more project cannot be added now: null, {count} or {money}.
  obstacle: (S) => (S.choice.length >= limit(S) ? { count: limit(S) } : null),
  spoken: (S, choice) => say(S.data.texts.chosen_spoken, { count: choice.length, max: limit(S) }),
  // The figures of the dock: the line above, the large number, what it counts, and the line beside it.
  sum: (S) => {
    const t = S.data.texts, n = S.choice.length, capped = Boolean(S.data.max), short = isOpen(S) ? missing(S) : 0, room = limit(S) - n;
    const side = short ? many(t.at_least, short) : capped ? (room ? many(t.up_to, room) : t.is_full) : "";
    return { over: "", big: capped ? say(t.some_of, { count: n, max: limit(S) }) : String(n), side, of: null };
  },
  // The strip of the dock, null for none: `parts` are shares of a bar, or places that are full or free.
  strip: (S) => {
    const n = S.choice.length, most = limit(S), bar = most > SLOTS;
    const parts = bar ? [n / most] : Array.from({ length: most }, (_, at) => at < n);
    return { bar, parts, label: say(S.data.texts.slots, { count: n, max: most }) };
  },
};
