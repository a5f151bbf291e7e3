// Opens another page of ours in place, as a link does: one entry of the history, and the tab keeps what it knows.
const gone = new Set();
export default function go({ data }) {
  if (!data?.to || gone.has(data.once)) return;
  gone.add(data.once);
  history.pushState({}, "", data.to);
  dispatchEvent(new PopStateEvent("popstate"));
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
}
