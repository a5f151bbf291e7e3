// A button that opens the browser's print window.
export default function (component) {
  const button = component.parentElement.querySelector("button");
  button.textContent = component.data.label;
  button.onclick = () => window.print();
}
