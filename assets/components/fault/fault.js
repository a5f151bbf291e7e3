// Ties what is wrong with a field to the field, and leads to the first wrong one after a form was refused.
let led = 0;

const field = (name) => document.querySelector(`.st-key-${CSS.escape(name)} :is(input, textarea)`);
const words = (name) => document.querySelector(`.g-err[data-field="${CSS.escape(name)}"]`);

function tie(name) {
  const one = field(name), said = words(name);
  if (!one || !said) return;
  said.id = `fault-${name}`;
  one.setAttribute("aria-invalid", "true");
  one.setAttribute("aria-describedby", said.id);
}

function free(name) {
  const one = field(name);
  one?.removeAttribute("aria-invalid");
  one?.removeAttribute("aria-describedby");
}

export default function ({ data }) {
  if (!data?.field) return undefined;
  // The words stand beside this element and may be drawn a moment later.
  const timer = setTimeout(() => {
    tie(data.field);
    if (data.refused <= led || document.querySelector(".g-err[data-field]") !== words(data.field)) return;
    led = data.refused;
    field(data.field)?.focus();
  }, 60);
  return () => { clearTimeout(timer); free(data.field); };
}
