// Shows the bar while neither the button it repeats nor the foot of the page is in view.
const seen = new WeakMap();

export default function ({ parentElement: root, data }) {
  const link = root.querySelector("a");
  link.href = data.href;
  link.querySelector(".w").textContent = data.label;
  link.querySelector(".i").textContent = data.icon;
  seen.get(root)?.disconnect();
  const inView = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) inView.add(entry.target);
      else inView.delete(entry.target);
    }
    link.hidden = inView.size > 0;
  });
  seen.set(root, watch);
  // The page around is drawn at the same time.
  const timer = setTimeout(() => {
    const others = [...document.querySelectorAll(`${data.repeats}, footer`)];
    for (const one of others) watch.observe(one);
  }, 200);
  return () => { clearTimeout(timer); seen.get(root)?.disconnect(); };
}
