// Hands the address of the page to the device, to be sent on; where the device has no such thing, it is copied.
const states = new WeakMap();

async function give({ title, address, copied, failed }) {
  const url = new URL(address, location.origin).href;
  if (navigator.share) {
    try {
      await navigator.share({ title, url });
      return "";
    } catch (error) {
      if (error.name === "AbortError") return "";
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    return copied;
  } catch {
    return `${failed} ${url}`;
  }
}

export default function ({ parentElement: root, data }) {
  let state = states.get(root);
  const button = root.querySelector("button"), said = root.querySelector("[role=status]");
  if (!state) {
    state = {};
    states.set(root, state);
    button.addEventListener("click", async () => { said.textContent = await give(state.data); });
  }
  if (state.data?.address !== data.address) said.textContent = "";
  state.data = data;
  button.textContent = data.label;
}
