// Checks a receipt's proof in the reader's browser: leaf and hashes lead to the root (RFC 9162, 2.1.3.2), the root is signed.

const KINDS = { ballot: 1, replace: 2, withdraw: 3 };
const hexBytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const base64 = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const node = (left, right) => sha256(joined([1], left, right));

const rootOf = async ({ kind, commitment, position, size, proof }) => {
  const leaf = await sha256(joined([0, KINDS[kind]], hexBytes(commitment)));
  let at = position, last = size - 1, found = leaf;
  for (const text of proof) {
    const step = hexBytes(text);
    if (last === 0) return { leaf, root: null };
    if (at % 2 || at === last) {
      found = await node(step, found);
      while (at % 2 === 0 && at) { at >>>= 1; last >>>= 1; }
    } else {
      found = await node(found, step);
    }
    at >>>= 1;
    last >>>= 1;
  }
  return { leaf, root: last === 0 ? found : null };
};

// A signed note: text, an empty line, and "— name base64(4 bytes of key id, 64 of signature)".
const parts = (note) => {
  const [text, signatures] = note.split("\n\n"), lines = text.split("\n");
  const signature = base64(signatures.trim().split("\n")[0].split(" ").pop()).slice(4);
  return { text: new TextEncoder().encode(text + "\n"), size: Number(lines[1]), root: base64(lines[2]), signature };
};

// true, false, or null where this browser does not know Ed25519.
const isSigned = async (key, text, signature) => {
  try {
    const known = await crypto.subtle.importKey("raw", hexBytes(key), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", known, signature, text);
  } catch {
    return null;
  }
};

const line = (good, words) => {
  const item = document.createElement("li"), sign = document.createElement("span");
  sign.className = "i";
  sign.setAttribute("aria-hidden", "true");
  sign.translate = false;
  sign.textContent = good === null ? "help" : good ? "check_circle" : "error";
  item.className = good === null ? "wa" : good ? "ok" : "er";
  item.append(sign, document.createTextNode(words));
  return item;
};

const check = async (data) => {
  const t = data.texts;
  if (!globalThis.crypto?.subtle) return { lines: [line(null, t.nothing)] };
  const signed = parts(data.note), { leaf, root } = await rootOf(data);
  const included = root !== null && hex(root) === hex(signed.root) && signed.size === data.size;
  const place = t.included.replace("{place}", String(data.position + 1)).replace("{size}", String(data.size));
  const lines = [line(included, included ? place : t.not_included)];
  const note = await isSigned(data.key, signed.text, signed.signature);
  lines.push(line(note, note === null ? t.cannot : note ? t.signed : t.not_signed));
  if (data.receipt && note !== null) {
    const held = await isSigned(data.key, base64(data.receipt.text), hexBytes(data.receipt.signature));
    lines.push(line(held, held ? t.receipt : t.not_receipt));
  }
  return { lines, figures: [[t.commitment, data.commitment], [t.leaf, hex(leaf)], [t.steps, data.proof.join("\n") || "–"], [t.root, hex(signed.root)], [t.note, data.note]] };
};

export default function proof({ parentElement, data: packed }) {
  const data = JSON.parse(packed.json);
  const one = (name) => parentElement.querySelector(name), t = data.texts;
  one("h2").textContent = t.title;
  one(".lead").textContent = t.lead;
  one("summary").textContent = t.more;
  check(data).then(({ lines, figures = [] }) => {
    one("ol").replaceChildren(...lines);
    one("details").hidden = !figures.length;
    one("dl").replaceChildren(...figures.flatMap(([name, text]) => {
      const dt = document.createElement("dt"), dd = document.createElement("dd");
      dt.textContent = name;
      dd.textContent = text;
      return [dt, dd];
    }));
  });
}
