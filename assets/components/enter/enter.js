// Enter, and "Go" on a phone, press the button of a form; the value was committed just before, by Streamlit itself.
export default function ({ parentElement, data: packed }) {
  const data = JSON.parse(packed.json);
  const press = (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const field = event.target.closest?.(data.fields.map((name) => `.st-key-${name}`).join(","));
    if (!field || event.target.tagName !== "INPUT" || event.target.type === "checkbox") return;
    setTimeout(() => document.querySelector(`.st-key-${data.button} button:not([disabled])`)?.click(), 60);
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
