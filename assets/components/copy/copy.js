// A button that copies a text and says so. Copying needs the visitor's own press, so it cannot be done from Python.
const states = new WeakMap();

export default function ({ parentElement: root, data }) {
  let state = states.get(root);
  if (!state) {
    state = {};
    states.set(root, state);
    const button = root.querySelector("button");
    button.addEventListener("click", async () => {
      let said = state.data.failed;
      try {
        await navigator.clipboard.writeText(state.data.text);
        said = state.data.copied;
      } catch {
        // Without the clipboard the text stays on the page, where it can be marked and copied by hand.
      }
      root.querySelector("[role=status]").textContent = said;
    });
  }
  state.data = data;
  root.querySelector("button").textContent = data.label;
}
