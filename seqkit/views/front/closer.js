// ---- closer: the selected layer, every value; an image channel by channel ----

function makeCloser(view) {
  const grid = h("canvas", { class: "sk-grid", tabindex: "0", role: "slider", "aria-label": "value under the cursor",
    "aria-valuemin": "0", "aria-valuemax": "0", "aria-valuenow": "0", "aria-valuetext": "no value" });
  const bars = h("canvas", { class: "sk-bars sk-big", "aria-hidden": "true" }), value = h("output", { class: "sk-value" });
  const title = h("div", { class: "sk-closer-title" }), table = h("div", { class: "sk-table" });
  const channel = h("select", { "aria-label": "channel", onchange: () => view.set("_channel", Number(channel.value)) });
  const el = h("div", { class: "sk-closer", role: "group", "aria-label": "the selected layer" },
    h("div", { class: "sk-closer-head" }, title, channel, value),
    h("div", { class: "sk-closer-body" }, h("div", { class: "sk-frame" }, grid), bars, table));
  let cursor = 0, shown = null;

  function point(i) {
    if (!shown) return;
    cursor = Math.max(0, Math.min(shown.values.length - 1, i));
    const { width, height, of } = shown, at = height > 1 ? `[${Math.floor(cursor / width)}, ${cursor % width}]` : `[${cursor}]`;
    const pooled = of > shown.values.length ? " (of neighbours)" : "";
    setText(value, `value ${at}${pooled} = ${short(shown.values[cursor], 7)}`);
    grid.setAttribute("aria-valuenow", cursor);
    grid.setAttribute("aria-valuetext", value.textContent);
  }

  grid.addEventListener("pointermove", (event) => {
    if (!shown) return;
    const box = grid.getBoundingClientRect(), along = (at, from, size, n) => Math.min(n - 1, Math.floor(((at - from) / size) * n));
    point(along(event.clientY, box.top, box.height, shown.height) * shown.width + along(event.clientX, box.left, box.width, shown.width));
  });
  grid.addEventListener("keydown", (event) => {
    const down = shown?.height > 1 ? shown.width : 1;
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: down, ArrowUp: -down, Home: -Infinity, End: Infinity };
    if (!(event.key in moves)) return;
    event.preventDefault();
    point(cursor + moves[event.key]);
  });

  function show(closer) {
    const { selected, structure } = view, row = structure.rows[selected];
    el.hidden = !row || closer.number !== selected || view.isHidden(selected);
    if (el.hidden) return;
    setText(title, `${index(row.p)} ${row.l}`);
    const floats = unpack({ rows: [0], data: closer.values }, closer.height * closer.width || 0).get(0);
    shown = floats ? { ...closer, values: floats } : null;
    el.classList.toggle("sk-map", !!shown && closer.height > 1);
    channel.hidden = !(closer.channels > 1);
    if (channel.length !== (closer.channels ?? 0))
      channel.replaceChildren(...Array.from({ length: closer.channels ?? 0 }, (_, i) => h("option", { value: i }, `channel ${i}`)));
    channel.value = closer.channel ?? 0;
    el.querySelector(".sk-frame").hidden = bars.hidden = !shown;
    const found = shown && record(unpack({ rows: [0], data: closer.record }, RECORD).get(0));
    table.replaceChildren(...facts(row, found));
    if (!shown) return setText(value, "");
    paintCells(grid, floats, closer.height, view.colors);
    grid.style.aspectRatio = closer.height > 1 ? `${closer.width} / ${closer.height}` : "";
    paintBars(bars, found.bins, view.colors, 56);
    grid.setAttribute("aria-valuemax", floats.length - 1);
    point(Math.min(cursor, floats.length - 1));
  }

  function facts(row, found) {
    const pairs = [["path", row.c], ["in", shapes(view, row.i)], ["out", shapes(view, row.o)], ["gets", row.s.join(", ")]];
    if (found) {
      pairs.push(["values", count(found.size)], ["least … greatest", `${short(found.least, 5)} … ${short(found.greatest, 5)}`]);
      pairs.push(["mean ± spread", `${short(found.mean, 5)} ± ${short(found.spread, 5)}`], ["zero", `${short(100 * found.zeros)} %`]);
      if (found.units) pairs.push(["dead in the batch", `${count(found.dead)} of ${count(found.units)}`]);
    }
    const fact = ([name, text]) => h("div", { class: "sk-fact" }, h("span", { class: "sk-what" }, name), h("span", {}, text));
    return pairs.filter(([, text]) => text).map(fact);
  }

  return { el, show };
}
