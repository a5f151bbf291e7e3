// Changes the one-time ticket for the sign-in cookie, then opens the page that was wanted; "" stays on this one.
const done = new Set();

function inside(path) {
  return typeof path === "string" && /^\/(?![\/\\])[^\\\x00-\x1f]*$/.test(path) ? path : "/";
}

// What comes next is a new page, even where the address stays: it begins at its top.
function toTop() {
  window.scrollTo(0, 0);
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
}

export default function ({ data, setTriggerValue }) {
  if (!data?.ticket || done.has(data.ticket)) return;
  done.add(data.ticket);
  if (!data.next) toTop();
  fetch("/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ticket: data.ticket }),
  })
    .then((answer) => {
      if (answer.ok) { if (data.next) location.assign(inside(data.next)); }
      else setTriggerValue("failed", answer.status);
    })
    .catch(() => setTriggerValue("failed", 0));
}
