// ---- beside: two runs, a line for each pair of layers, the first difference framed ----

function renderBeside({ model, el }) {
  const view = makeView(model, el), line = h("p", { class: "sk-sum" });
  view.values = new Map();
  const pane = new Listing(view, "beside", {
    title: "two chains, layer by layer", role: "listbox", height: ROW,
    items: () => model.get("_beside").pairs.map((pair, step) => ({ step, pair })),
    draw: (item) => besideRow(view, item), paint: (row, item) => paintBeside(view, row, item),
    seen: (items) => view.ask("_window", items.map((item) => item.step)),
    tall: () => ({ at: model.get("_beside").first ?? Infinity, px: model.get("_beside").first == null ? 0 : 58 }),
  });
  view.panes = [pane];
  view.root.append(h("div", { class: "sk-top" }, h("b", { class: "sk-headline" }, ...besideTitle(model))), line, pane.el, view.status);
  const fresh = () => {
    view.values = unpack(model.get("_values"), 2 * RECORD);
    setText(line, model.get("_beside").sentence);
    pane.each(pane.paint);
    view.drew();
  };
  view.restyle = () => { view.colors = colorsOf(view.root); pane.each(pane.paint); };
  view.on("_values", () => view.soon(fresh));
  const chosen = () => {
    pane.follow(view.selected);
    pane.each(pane.mark);
    if (view.selected != null) pane.show(view.selected);
  };
  view.on("selected", () => view.soon(chosen));
  el.append(view.root);
  pane.reset();
  fresh();
  return () => view.dispose();
}

function besideTitle(model) {
  const [left, right] = model.get("_structures");
  return [h("span", {}, left.title), h("span", { class: "sk-versus" }, " beside "), h("span", {}, right.title)];
}

function besideRow(view, { step, pair }) {
  const [left, right, said] = pair, [a, b] = view.model.get("_structures"), first = view.model.get("_beside").first === step;
  const name = [[a, left], [b, right]].map(([s, n]) => (n == null ? "nothing" : `${index(s.rows[n].p)} ${s.rows[n].l}`));
  const el = h("div", { role: "option", class: said ? "sk-differs" : "", "aria-label": `${name.join(" beside ")}: ${said ?? "they agree"}` });
  if (first) el.classList.add("sk-first");
  const sign = h("span", { class: "sk-equal", "aria-hidden": "true" }, said ? "≠" : "=");
  const line = h("div", { class: "sk-pair" }, sideOf(a, left), sign, sideOf(b, right));
  el.append(line);
  if (first) el.append(h("div", { class: "sk-sentence" }, said));
  else if (said) el.title = said;
  return el;
}

function sideOf(structure, number) {
  if (number == null) return h("div", { class: "sk-side sk-missing-side" }, "–");
  const row = structure.rows[number], out = row.o.map((e) => shapeText(structure.edges[e], false)).join(" + ");
  const box = h("div", { class: `sk-box sk-${row.k}`, title: row.c },
    h("span", { class: "sk-glyph", "aria-hidden": "true" }, GLYPHS[row.k]), h("span", { class: "sk-index" }, index(row.p)),
    h("span", { class: "sk-name" }, row.l), h("span", { class: "sk-count" }, out));
  return h("div", { class: "sk-side" }, box, h("canvas", { class: "sk-strip", "aria-hidden": "true" }));
}

function paintBeside(view, row, { step }) {
  const floats = view.values.get(step);
  if (!floats) return;
  row.querySelectorAll(".sk-side").forEach((side, i) => {
    const strip = side.querySelector(".sk-strip"), { cells } = record(floats.subarray(i * RECORD, (i + 1) * RECORD));
    if (!strip) return;
    strip.style.visibility = cells.length ? "visible" : "hidden";
    if (cells.length) paintCells(strip, cells, 1, view.colors);
  });
}
