// ---- dom: elements, numbers as text. Whatever comes from a learner's code becomes text, never markup. ----

const FOCUSABLE = new Set(["button", "input", "select", "textarea", "summary"]);

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  // Jupyter would take the keys of a focused element for its own; Notebook 7 asks the element itself.
  if (FOCUSABLE.has(tag) || "tabindex" in attributes) node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.append(...children.filter((child) => child != null));
  return node;
}

const button = (name, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, name);

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const count = (n) => n.toLocaleString("en");
const plural = (n, noun) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
const shapes = (view, list, withType) => list.map((e) => shapeText(view.structure.edges[e], withType)).join(" + ");
const index = (position) => position.map((i) => `[${i}]`).join("");

function short(value, digits = 3) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "−inf";
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

function bytes(n) {
  const units = ["B", "kB", "MB", "GB"];
  if (n < 1000) return `${n} B`;
  while (n >= 999.5 && units.length > 1) n /= 1000, units.shift();  // 999.5 kB in three digits is 1.00 MB
  return `${n.toPrecision(3)} ${units[0]}`;
}

// What an edge carries: `(2, 5) float32`, the batch axis apart, so that it can be marked.
function shapeText([name, shape, dtype], withType = true) {
  const dims = shape ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "";
  return [name ? `${name}:` : "", dims, !shape || withType ? dtype : ""].filter(Boolean).join(" ");
}

function shapeNodes(edge, batch, withType) {
  const [name, shape, dtype] = edge;
  if (!shape || !batch || shape[0] !== batch || shape.length < 2) return [shapeText(edge, withType)];
  const first = h("span", { class: "sk-batch", title: `batch axis: ${plural(batch, "example")}` }, String(batch));
  const rest = `, ${shape.slice(1).join(", ")})${withType ? ` ${dtype}` : ""}`;
  return [name ? `${name}: (` : "(", first, rest];
}
