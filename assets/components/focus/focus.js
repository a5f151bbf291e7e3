// Leads to what has just appeared, once: where the button stood that was pressed, there is nothing any more.
export default function ({ data }) {
  const timer = setTimeout(() => {
    const one = document.querySelector(`.st-key-glas-page ${data.at}`);
    if (!one) return;
    one.tabIndex = -1;
    one.focus({ preventScroll: true });
    if (data.top) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  }, 80);
  return () => clearTimeout(timer);
}
