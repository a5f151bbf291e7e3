// Changes the one-time ticket for the sign-in cookie, then opens the page that was wanted; "" stays on this one for now.
const asked = new Map();

function inside(path) {
  return typeof path === "string" && /^\/(?![\/\\])[^\\\x00-\x1f]*$/.test(path) ? path : "/";
}

// What comes next is a new page, even where the address stays: it begins at its top.
function toTop() {
  window.scrollTo(0, 0);
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
}

const change = (ticket) =>
  fetch("/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ticket }),
  }).then((answer) => (answer.ok ? 200 : answer.status)).catch(() => 0);

export default function ({ data, setTriggerValue }) {
  if (!data?.ticket) return;
  const { ticket, next } = data;
  const first = !asked.has(ticket);
  if (first && !next) toTop();
  if (first) asked.set(ticket, change(ticket));
  // A ticket is worth something once: whoever goes on later waits for the same answer.
  if (!first && !next) return;
  asked.get(ticket).then((status) => {
    if (!next) return;
    if (status === 200) location.replace(inside(next)); // Back leads past the form, to where its owner came from
    else setTriggerValue("failed", status);
  });
}
