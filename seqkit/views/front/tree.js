// ---- tree: the parameters under the framework's own paths, or under the names that every style shares ----

function makeTree(view) {
  let canonical = false;
  const pane = new Listing(view, "tree", {
    title: "parameters", role: "tree", height: 28, items: () => treeItems(view),
    draw: (item) => (item.leaf == null ? nodeRow(item) : leafRow(item, canonical, view.structure.style === "equinox")),
    paint: (row, item) => paintLeaf(view, row, item),
    seen: (items) => view.ask("_leaf_window", items.filter((item) => item.leaf != null).map((item) => item.leaf)),
  });
  const names = button("shared names", () => {
    canonical = !canonical;
    names.setAttribute("aria-pressed", String(canonical));
    pane.reset();
  }, { "aria-pressed": "false", class: "sk-small", title: "the framework's own paths, or names that every style shares" });
  pane.heading.append(names);
  pane.totals = () => setText(pane.foot, `${plural(view.structure.total, "parameter")} · ${bytes(view.structure.bytes)}`);
  return pane;
}

function treeItems(view) {
  const items = [];
  let leaf = 0;
  view.structure.rows.forEach((row, step) => {
    if (row.q.length || row.k === "chain") items.push({ step, row });
    for (const parameter of row.q) items.push({ step, row, leaf: leaf++, parameter });
  });
  return items;
}

function nodeRow({ row }) {
  const name = `${index(row.p)} ${row.l}`;
  const el = h("div", { role: "treeitem", "aria-level": row.p.length, class: "sk-node", "aria-expanded": "true",
    "aria-label": `${name}, ${plural(sum(row), "parameter")}` });
  el.style.setProperty("--sk-depth", Math.min(row.p.length - 1, 4));
  el.append(h("span", { class: "sk-name", title: row.c }, name), h("span", { class: "sk-count" }, sum(row) ? count(sum(row)) : ""));
  return el;
}

function leafRow({ row, parameter }, canonical, copies) {
  const [path, shared, shape, dtype, size, twin] = parameter, name = canonical ? shared : path;
  const text = shapeText([null, shape, dtype], false), n = shape.reduce((a, b) => a * b, 1);
  const facts = `${dtype}, ${plural(n, "value")}, ${bytes(size)}`;
  const el = h("div", { role: "treeitem", "aria-level": row.p.length + 1,
    "aria-label": `${name} ${text} ${facts}${twin ? `, the same as ${twin}` : ""}` });
  el.style.setProperty("--sk-depth", Math.min(row.p.length, 5));
  el.append(h("span", { class: "sk-path", title: path }, h("bdi", {}, name)), h("span", { class: "sk-dims", title: facts }, text));
  const why = copies ? `equal to ${twin} now; a tree counts it twice, and training parts the two` : `the same array as ${twin}`;
  if (twin) el.append(h("span", { class: "sk-tag", title: why }, copies ? "copy" : "shared"));
  el.append(h("canvas", { class: "sk-bars", "aria-hidden": "true" }), h("span", { class: "sk-mean" }));
  return el;
}

function paintLeaf(view, row, { leaf }) {
  const floats = leaf == null ? null : view.leaves.get(leaf);
  if (!floats) return;
  const found = record(floats);
  paintBars(row.querySelector(".sk-bars"), found.bins, view.colors, 18);
  setText(row.querySelector(".sk-mean"), `${short(found.mean, 2)} ± ${short(found.spread, 2)}`);
  const ends = `${short(found.least)} … ${short(found.greatest)}`;
  row.querySelector(".sk-mean").title = `mean ${short(found.mean, 6)}, spread ${short(found.spread, 6)}, ${ends}`;
}
