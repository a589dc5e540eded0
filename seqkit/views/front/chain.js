// ---- chain: boxes in order; a module is a block with a bar, a function a pill, a chain a dashed group that folds ----

const ROW = 58, SENTENCE = 92;
const GLYPHS = { module: "▮", function: "ƒ", chain: "▾" };

function makeChain(view) {
  return new Listing(view, "chain", {
    title: "chain", role: "tree", height: ROW, items: () => view.chainItems(), draw: (item) => chainRow(view, item),
    keys: (event, item) => foldKey(view, event, item) || view.edit?.keys(event, item),
    tall: () => view.tall(),
  });
}

function chainRow(view, item) {
  if (item.row == null) return endRow(view, item);
  const { row } = item, { structure } = view, failed = item.step === structure.failed;
  const el = h("div", { role: "treeitem", class: row.pending ? "sk-pending" : "", "aria-level": row.p.length,
    "aria-label": spoken(view, item, failed) });
  el.style.setProperty("--sk-depth", Math.min(row.p.length - 1, 4));
  if (row.k === "chain") el.setAttribute("aria-expanded", String(!view.folded.has(item.step)));
  el.append(edgeOf(view, item, failed), boxOf(view, item, failed));
  return el;
}

// The first row, x, and the last, y.
function endRow(view, item) {
  const first = item.step === -1, edges = first ? view.structure.x : view.structure.out;
  const label = `${first ? "input x" : "output y"}: ${!first && view.asks("y") ? "hidden" : shapes(view, edges)}`;
  const el = h("div", { role: "treeitem", "aria-level": 1, "aria-label": label, class: first ? "sk-x" : "sk-y" });
  const { batch } = view.structure, hint = batch && first ? h("span", { class: "sk-tag" }, `batch of ${batch}`) : null;
  if (first) return el.append(h("div", { class: "sk-line" }, h("b", { class: "sk-letter" }, "x"), edgeLabel(view, edges, true), hint)), el;
  el.append(edgeOf(view, { ...item, row: { i: edges } }, false), h("div", { class: "sk-line" }, h("b", { class: "sk-letter" }, "y")));
  return el;
}

function spoken(view, { step, row }, failed) {
  const before = view.asks(step) ? "hidden" : shapes(view, row.i), after = view.isHidden(step) ? "hidden" : shapes(view, row.o);
  const out = failed ? "fails" : row.pending ? "was not reached" : `${before} to ${after}`;
  const marks = row.s.length ? `, gets ${row.s.join(", ")}` : "";
  return `layer ${index(row.p)} ${row.l}, ${row.k}, ${out}${marks}, ${plural(sum(row), "parameter")}`;
}

const sum = (row) => row.q.reduce((total, [, , shape]) => total + shape.reduce((a, b) => a * b, 1), 0);

function edgeOf(view, item, failed) {
  const { row, step } = item, wires = Math.max(1, row.i.length);
  const edge = h("div", { class: `sk-edge${failed ? " sk-failed" : ""}` });
  const lines = h("span", { class: "sk-wires", "aria-hidden": "true" });
  for (let i = 0; i < Math.min(wires, 6); i++) lines.append(h("i", { class: "sk-wire" }));
  edge.append(lines);
  if (!row.pending && step !== 0) edge.append(edgeLabel(view, row.i, view.typeChanges(item), step));
  if (step === 0 && row.i.length > 1) edge.append(h("span", { class: "sk-shape" }, `${row.i.length} values`));
  if (failed) edge.append(sentenceOf(view));
  if (view.edit?.allowed && step !== "y") edge.append(view.edit.plus(item));
  return edge;
}

function sentenceOf(view) {
  const { sentence, error } = view.structure;
  return h("div", { class: "sk-sentence" }, view.edit?.fit(), `✗ ${sentence ?? error ?? ""}`, sentence && error ? h("div", {}, error) : null);
}

function edgeLabel(view, edges, withType, step) {
  const label = h("span", { class: "sk-shape" });
  if (step != null && view.asks(step)) return label.append("?"), label.classList.add("sk-asked"), label;
  edges.forEach((e, i) => {
    if (i) label.append(" + ");
    label.append(...shapeNodes(view.structure.edges[e], view.structure.batch, withType));
  });
  return label;
}

function boxOf(view, { step, row }, failed) {
  const values = sum(row), kind = failed ? `${row.k} sk-broken` : row.k;
  const glyph = row.k === "chain" && view.folded.has(step) ? "▸" : GLYPHS[row.k];
  const box = h("div", { class: `sk-box sk-${kind}`, title: `${row.c || row.l} (${row.k})` },
    h("span", { class: "sk-glyph", "aria-hidden": "true" }, failed ? "✗" : glyph),
    h("span", { class: "sk-index" }, index(row.p)),
    h("span", { class: "sk-name" }, row.l));
  const size = view.edit?.size({ step, row });
  if (size) box.append(size);
  if (values) box.append(h("span", { class: "sk-count" }, count(values)));
  const line = h("div", { class: "sk-line" }, box);
  for (const mark of row.s) line.append(h("span", { class: "sk-tag", title: `side input ${mark}` }, mark));
  const fold = (event) => (event.stopPropagation(), view.fold(step));
  if (row.k === "chain") box.querySelector(".sk-glyph").addEventListener("click", fold);
  view.edit?.drag(box, { step, row });
  return line;
}

function foldKey(view, event, item) {
  if (item.row?.k !== "chain") return false;
  const folded = view.folded.has(item.step);
  if ((event.key === "ArrowLeft" && !folded) || (event.key === "ArrowRight" && folded)) return view.fold(item.step), true;
  return false;
}
