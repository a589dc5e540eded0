// ---- activations: for each layer what left it, as a strip of heat and a histogram ----

function makeActivations(view) {
  return new Listing(view, "activations", {
    title: "activations", role: "listbox", height: ROW, items: () => view.chainItems().filter((item) => item.step !== "y"),
    draw: (item) => activationRow(view, item), paint: (row, item) => paintActivation(view, row, item),
    seen: (items) => view.ask("_window", items.map((item) => item.step)),
    tall: () => view.tall(),
    spare: () => (view.structure.out.length ? ROW : 0), // as high as the chain, which ends with y: they scroll together
  });
}

function activationRow(view, item) {
  const name = item.row ? `${index(item.row.p)} ${item.row.l}` : "x";
  const strip = h("canvas", { class: "sk-strip", "aria-hidden": "true" });
  strip.addEventListener("pointermove", (event) => view.readout(cellUnder(view, item, strip, event)));
  strip.addEventListener("pointerleave", () => view.readout(""));
  const el = h("div", { role: "option" });
  el.append(h("div", { class: "sk-caption" }, h("span", { class: "sk-name" }, name), h("span", { class: "sk-said" })),
    h("div", { class: "sk-band" }, strip, h("canvas", { class: "sk-bars", "aria-hidden": "true" })));
  return el;
}

function paintActivation(view, row, { step, row: layer }) {
  const floats = view.isHidden(step) ? null : view.values.get(step), found = floats && record(floats);
  const strip = row.querySelector(".sk-strip"), bars = row.querySelector(".sk-bars");
  const text = found ? said(found) : "";
  setText(row.querySelector(".sk-said"), text);
  row.querySelector(".sk-said").title = text.includes("dead") ? `${text}: zero in every example of the batch` : text;
  row.setAttribute("aria-label", `${layer ? `layer ${index(layer.p)} ${layer.l}` : "input x"}: ${text || "no values"}`);
  strip.style.visibility = bars.style.visibility = found?.cells.length ? "visible" : "hidden";
  if (!found?.cells.length) return;
  strip.style.maxWidth = `${Math.max(12, Math.min(100, found.cells.length * 6.25))}%`;
  paintCells(strip, found.cells, 1, view.colors);
  paintBars(bars, found.bins, view.colors);
}

// "x [13] = 0.0312", or, where a cell is pooled, the mean of its values.
function cellUnder(view, { step, row }, strip, event) {
  const floats = view.values.get(step);
  if (!floats) return "";
  const { cells, size } = record(floats), box = strip.getBoundingClientRect();
  const i = Math.max(0, Math.min(cells.length - 1, Math.floor(((event.clientX - box.left) / box.width) * cells.length)));
  const name = row ? `${index(row.p)} ${row.l}` : "x", starts = (k) => Math.floor((k * size) / cells.length);
  const from = starts(i), to = starts(i + 1) - 1;
  return to > from ? `${name} · mean of values ${from} to ${to} = ${short(cells[i], 6)}` : `${name} · value [${i}] = ${short(cells[i], 6)}`;
}
