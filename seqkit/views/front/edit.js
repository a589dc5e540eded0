// ---- edit: insert, replace, remove, move, duplicate; undo and redo. The kernel does it in the chain's own style ----

const SIZES = { Dense: ["features", 1], Conv2D: ["features", 1], Dropout: ["rate", 0.1] };

const WORDS = {
  Activation: ({ name }) => name, Dense: ({ features }) => `Dense(${features})`, Dropout: ({ rate }) => `Dropout(${rate})`,
  Conv2D: ({ features, size }) => `Conv2D(${features}, ${size})`,
};
const wordText = (word) => WORDS[word.kind]?.(word) ?? word.kind;
const bounds = (name) => ({ min: name === "rate" ? 0 : 1, max: name === "rate" ? 0.9 : 4096 });
// Whether two places are in one chain.
const together = (p, q) => p.length === q.length && p.slice(0, -1).every((i, k) => i === q[k]);

function makeEdit(view) {
  const choice = h("select", { "aria-label": "layer to put in", onchange: sized });
  const size = h("input", { type: "number", class: "sk-size" }), line = h("code", { class: "sk-operation" });
  const tools = { insert: () => put("insert"), replace: () => chosen() && put("replace"), duplicate: () => act("duplicate"), remove: () => act("remove"),
    "move up": () => shift(-1), "move down": () => shift(1), undo: () => send("undo", []), redo: () => send("redo", []) };
  const buttons = Object.fromEntries(Object.entries(tools).map(([name, run]) => [name, button(name, run)]));
  const note = h("span", { class: "sk-note" });
  const el = h("div", { class: "sk-edit", role: "group", "aria-label": "edit the chain" }, choice, size, ...Object.values(buttons), line, note);
  let palette = [], word = null, focused = null;

  const send = (operation, position, more = {}) => view.send({ do: "edit", operation, position, ...more });
  const chosen = () => view.structure.rows[view.selected];
  const siblings = (p) => new Set(view.structure.rows.filter((row) => together(row.p, p)).map((row) => row.p.at(-1))).size;

  function put(operation, position = chosen()?.p ?? [siblings([0])]) {
    if (word) send(operation, position, { layer: word });
  }
  function act(operation, row = chosen()) {
    if (row) send(operation, row.p);
  }
  function shift(by, row = chosen()) {
    const to = row && row.p.at(-1) + by;
    if (row && to >= 0 && to < siblings(row.p)) send("move", row.p, { to });
  }
  function sized() {
    word = { ...palette[choice.selectedIndex] };
    const [name, step] = SIZES[word.kind] ?? [];
    size.hidden = !name;
    if (!name) return;
    Object.assign(size, { value: word[name], step, ...bounds(name) });
    size.setAttribute("aria-label", `${name} of the layer to put in`);
    size.onchange = () => (word[name] = Number(size.value));
  }
  function refresh() {
    const now = view.model.get("_edit") ?? {}, row = chosen();
    if (JSON.stringify(now.palette) !== JSON.stringify(palette)) {
      const before = choice.value;
      palette = now.palette ?? [];
      choice.replaceChildren(...palette.map((each) => h("option", {}, wordText(each))));
      if (palette.some((each) => wordText(each) === before)) choice.value = before;
      if (palette.length) sized();
    }
    edit.allowed = !!now.palette && !now.refusal;
    for (const control of [choice, size, ...Object.values(buttons)]) control.disabled = !edit.allowed;
    if (edit.allowed) for (const name of ["replace", "duplicate", "remove"]) buttons[name].disabled = !row;
    buttons["move up"].disabled = !edit.allowed || !row || row.p.at(-1) === 0;
    buttons["move down"].disabled = !edit.allowed || !row || row.p.at(-1) + 1 >= siblings(row.p);
    buttons.undo.disabled = !now.undo;
    buttons.redo.disabled = !now.redo;
    setText(line, now.said ?? "");
    setText(note, now.refusal ?? "");
    buttons.insert.title = row ? `before layer ${index(row.p)}` : "at the end";
  }
  function keys(event, item) {
    if (!edit.allowed) return false;
    const key = event.key.toLowerCase(), held = event.ctrlKey || event.metaKey;
    if (held && (key === "y" || (key === "z" && event.shiftKey))) return buttons.redo.disabled || send("redo", []), true;
    if (held && key === "z") return buttons.undo.disabled || send("undo", []), true;
    if (event.altKey && item.row && (key === "arrowup" || key === "arrowdown")) return shift(key === "arrowup" ? -1 : 1, item.row), true;
    if (held || event.altKey) return false;
    if ((key === "delete" || key === "backspace") && item.row) return act("remove", item.row), true;
    if (key === "d" && item.row) return act("duplicate", item.row), true;
    if (key === "r" && item.row) return put("replace", item.row.p), true;
    if (key === "i") return put("insert", item.row?.p ?? [item.step === "y" ? siblings([0]) : 0]), true;
    return false;
  }

  // The small + on each edge puts the chosen layer there.
  function plus(item) {
    const here = item.row?.p ?? [0];
    const title = `insert ${word ? wordText(word) : "a layer"} here`, spoken = `insert before layer ${index(here)}`;
    const act = (event) => (event.stopPropagation(), send("insert", here, { layer: word }));
    return button("+", act, { class: "sk-plus", tabindex: "-1", title, "aria-label": spoken });
  }
  // A layer that does not fit, made anew for what it gets.
  function fit() {
    const failed = view.structure.rows[view.structure.failed];
    if (!edit.allowed || !failed?.w || !["Dense", "Conv2D", "BatchNorm", "LayerNorm"].includes(failed.w.kind)) return null;
    const anew = () => send("replace", failed.p, { layer: failed.w });
    return button("make it fit", anew, { class: "sk-fit", title: "a new layer of this kind for what it gets" });
  }
  // The width or rate of the selected layer, in its box.
  function box({ step, row }) {
    const [name, by] = SIZES[row.w?.kind] ?? [];
    if (!edit.allowed || !name || step !== view.selected) return null;
    const label = { "aria-label": `${name} of layer ${index(row.p)}` };
    const field = h("input", { type: "number", class: "sk-size", value: row.w[name], step: by, ...bounds(name), ...label });
    field.addEventListener("change", () => {
      focused = String(row.p);
      send("replace", row.p, { layer: { ...row.w, [name]: Number(field.value) } });
    });
    field.addEventListener("blur", () => setTimeout(() => { if (field.isConnected) focused = null; }));
    field.addEventListener("pointerdown", (event) => event.stopPropagation());
    if (focused === String(row.p)) queueMicrotask(() => field.focus());
    return field;
  }
  const drag = (element, item) => edit.allowed && makeDrag(view, element, item, (to) => send("move", item.row.p, { to }));
  const edit = { el, refresh, keys, plus, fit, size: box, drag, allowed: false };
  return edit;
}

// Drag a box to another place in its chain.
function makeDrag(view, element, item, drop) {
  element.addEventListener("pointerdown", (down) => {
    if (down.button || down.target.closest("button, input, .sk-glyph")) return;
    const pane = view.chain, marker = h("div", { class: "sk-drop" });
    const moves = { pointermove: move, pointerup: up, pointercancel: up };
    let to = null;
    function move(event) {
      if (to == null && Math.abs(event.clientY - down.clientY) < 6) return;
      const y = event.clientY - pane.scroll.getBoundingClientRect().top + pane.scroll.scrollTop;
      const same = pane.list.map((each, i) => ({ each, i })).filter(({ each }) => each.row && together(each.row.p, item.row.p));
      const before = same.find(({ i }) => y < (pane.top(i) + pane.top(i + 1)) / 2), from = item.row.p.at(-1);
      const place = before ? before.each.row.p.at(-1) : same.at(-1).each.row.p.at(-1) + 1;
      to = place > from ? place - 1 : place;
      marker.style.top = `${pane.top(before ? before.i : same.at(-1).i + 1) + 4}px`;
      pane.space.append(marker);
      element.classList.add("sk-dragged");
    }
    function up() {
      for (const [name, act] of Object.entries(moves)) document.removeEventListener(name, act);
      marker.remove();
      element.classList.remove("sk-dragged");
      if (to != null && to !== item.row.p.at(-1)) drop(to);
    }
    for (const [name, act] of Object.entries(moves)) document.addEventListener(name, act);
  });
}
