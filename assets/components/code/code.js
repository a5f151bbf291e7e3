// The participation code that a slip's address brought, or that was typed: kept in the memory of this tab until it is
// used, never in an address and never for another tab.
const NAME = "glas:code";
const offered = new WeakSet(), filled = new WeakSet();

const read = () => {
  try { return sessionStorage.getItem(NAME) || window.glasCode || ""; } catch { return window.glasCode || ""; }
};
const write = (code) => {
  window.glasCode = code;
  try { if (code) sessionStorage.setItem(NAME, code); else sessionStorage.removeItem(NAME); } catch { /* this page keeps it */ }
};

export default function code({ parentElement: place, data, setTriggerValue }) {
  if (data.used) write("");
  else if (data.typed) { filled.add(place); write(data.typed); }
  else if (filled.has(place)) write(""); // the field was emptied
  else if (read() && !offered.has(place)) { offered.add(place); setTriggerValue("found", read()); }
}
