// ---- explorer: the panes, linked; what the kernel is asked and how it answers ----

const PATIENCE_MS = 5000, NUDGE_MS = 4;
let views = 0;

// What every view has: its model, which layer is near the pointer or the keys, which is selected, how it speaks.
function makeView(model, el) {
  const root = h("div", { class: "seqkit-explorer", "data-drawn": "0", "data-state": "ready" });
  const status = h("div", { class: "sk-status", role: "status", "aria-live": "polite" });
  const undo = [], view = { model, root, status, id: `seqkit-${++views}`, panes: [], near: null, reached: null, folded: new Set(), colors: null, alive: true,
    get selected() { return model.get("selected"); } };
  let jobs = new Set(), drawn = 0;

  Object.assign(view, {
    on(name, act) { model.on(`change:${name}`, act); undo.push(() => model.off(`change:${name}`, act)); },
    set(name, value) { model.set(name, value); model.save_changes(); },
    ask(name, wanted) { if (wanted.length && String(wanted) !== String(model.get(name))) view.set(name, wanted); },
    say(text) { setText(status, text); },
    isHidden: () => false,
    asks: () => false,
    hover(step) {
      if (step === view.near) return;
      view.near = step;
      for (const row of root.querySelectorAll(".sk-near")) row.classList.remove("sk-near");
      if (step != null) for (const row of root.querySelectorAll(`[data-step="${step}"]`)) row.classList.add("sk-near");
    },
    select(step) { view.set("selected", typeof step === "number" && step >= 0 && step !== view.selected ? step : null); },
    soon(job) {
      // At the end of this task, not in the next frame: then that frame has only to paint.
      if (!jobs.size) queueMicrotask(() => { const all = jobs; jobs = new Set(); for (const each of all) if (view.alive) each(); });
      jobs.add(job);
    },
    drew() { root.dataset.drawn = ++drawn; },
    dispose() { view.alive = false; theme.disconnect(); sizes.disconnect(); for (const each of undo) each(); },
  });
  const theme = new MutationObserver(() => view.soon(() => view.restyle?.()));
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "class"] });
  // The first call comes when the view is in the page, before it is painted: only now do its colours exist.
  const sizes = new ResizeObserver(() => { if (!view.colors) view.restyle(); view.panes.forEach((pane) => pane.measure()); });
  sizes.observe(root);
  const step = (event) => { const row = event.target.closest?.("[data-step]"), n = row?.dataset.step; return n == null ? null : n === "y" ? n : Number(n); };
  root.addEventListener("pointerover", (event) => view.hover(step(event)));
  root.addEventListener("pointerleave", () => view.hover(null));
  root.addEventListener("click", (event) => { if (!event.target.closest("button, input, select, canvas[role]") && event.target.closest(".sk-row")) view.select(step(event)); });
  root.addEventListener("keydown", (event) => event.stopPropagation());
  return view;
}

// One question at a time; of those that wait, a newer value takes the place of an older one.
function makeLine(view) {
  const waiting = [];
  let busy = false, timer = null;
  function next() {
    if (busy || !waiting.length) return;
    const { content, buffers } = waiting.shift();
    busy = true;
    state("busy");
    timer = setTimeout(lost, PATIENCE_MS);
    view.model.send(content, undefined, buffers);
    // Jupyter's server holds an answer back, about 40 ms, until what it sent before is acknowledged. This acknowledges it.
    setTimeout(() => busy && view.model.send({ do: "nothing" }), NUDGE_MS);
  }
  function state(now) {
    if (view.root.dataset.state !== now) view.root.dataset.state = now;
  }
  function lost() {
    state("lost");
    view.warn("The kernel has not answered for 5 s: it computes something long, or it is gone. The numbers are those of the last run. If the kernel was restarted, run this cell again.");
  }
  return {
    send(content, buffers = []) {
      const same = waiting.findIndex((each) => each.content.do === content.do && each.content.at === content.at && ["value", "draw"].includes(content.do));
      if (same >= 0) waiting[same] = { content, buffers };
      else waiting.push({ content, buffers });
      next();
    },
    answered() {
      clearTimeout(timer);
      busy = false;
      state("ready");
      next();
    },
    cut() {
      clearTimeout(timer);
      busy = true;
      state("lost");
      view.warn("The kernel is gone, and with it the chain. The numbers are those of the last run: run this cell again.");
    },
    stop: () => clearTimeout(timer),
  };
}

function renderExplorer({ model, el }) {
  const view = makeView(model, el), line = makeLine(view), explores = model.get("_edit") !== undefined;
  const headline = h("b", { class: "sk-headline" }), warning = h("div", { class: "sk-warning", role: "alert", hidden: true }), readout = h("div", { class: "sk-readout", "aria-hidden": "true" });
  let dirty = true, before = null;

  Object.assign(view, {
    send: line.send,
    // The shapes in the title would give away what is to be predicted.
    title: () => setText(headline, view.play.predicting ? view.structure.title.split(": ")[0] : view.structure.title),
    warn(text) { setText(warning, text); warning.hidden = !text; },
    readout: (text) => setText(readout, text),
    chainItems() {
      const shown = view.structure.rows.map((row, step) => ({ step, row })).filter(({ step }) => !view.isInFold(step));
      return [{ step: -1 }, ...shown, ...(view.structure.out.length ? [{ step: "y" }] : [])];
    },
    isInFold(step) {
      const at = view.structure.rows[step].p;
      return [...view.folded].some((n) => { const p = view.structure.rows[n]?.p; return p && n < step && p.length < at.length && p.every((i, k) => i === at[k]); });
    },
    fold(step) { view.folded.has(step) ? view.folded.delete(step) : view.folded.add(step); view.redraw(true); },
    lastInside(step) {
      const { rows } = view.structure, at = rows[step].p;
      let last = step;
      while (rows[last + 1] && rows[last + 1].p.length > at.length) last++;
      return last;
    },
    isHidden(step) {
      if (view.reached == null || step === -1) return false;
      if (step === "y") return view.reached < view.structure.rows.length - 1;
      return view.lastInside(step) > view.reached;
    },
    asks(step) {
      if (!view.play.predicting) return false;
      const items = view.chainItems(), i = items.findIndex((item) => item.step === step), before = items[i - 1];
      return before != null && (before.row?.k === "chain" ? view.asks(before.step) : view.isHidden(before.step));
    },
    typeChanges({ step }) {
      const { rows, edges } = view.structure, type = (list) => String(list?.map((e) => edges[e][2]));
      const before = step === "y" ? rows.at(-1) : rows[step - 1], now = step === "y" ? view.structure.out : rows[step].i;
      return !before || type(before.i) !== type(now);
    },
    tall() {
      const at = view.chainItems().findIndex((item) => item.step === view.structure.failed && view.structure.failed != null);
      return at < 0 ? { at: Infinity, px: 0 } : { at, px: SENTENCE };
    },
    scrolled(from) {
      const other = { chain: view.activations, activations: view.chain }[from.name];
      if (other?.el.isConnected && Math.abs(other.scroll.scrollTop - from.scroll.scrollTop) > 1) other.scroll.scrollTop = from.scroll.scrollTop;
    },
    redraw(all = false) {
      for (const pane of view.panes) if (all || pane.name !== "tree") pane.reset();
      closer.show(model.get("_closer"));
    },
    restyle() {
      view.colors = colorsOf(view.root);
      for (const pane of view.panes) pane.each(pane.paint ?? (() => {}));
      input?.refresh(model.get("_input"));
      closer.show(model.get("_closer"));
    },
  });

  view.structure = model.get("_structure");
  view.values = new Map();
  view.leaves = new Map();
  Object.assign(view, { chain: makeChain(view), activations: makeActivations(view), tree: makeTree(view) });
  const closer = makeCloser(view), input = explores ? makeInput(view) : null, code = explores ? makeCode(view) : null;
  view.play = makePlay(view);
  view.edit = explores ? makeEdit(view) : null;
  const body = h("div", { class: "sk-panes" });

  function arrange() {
    view.panes = model.get("panes").map((name) => view[name === "parameters" ? "tree" : name]);
    body.replaceChildren(...view.panes.map((pane) => pane.el));
    body.dataset.panes = view.panes.length;
    dirty = true;
  }
  function fresh() {
    view.values = unpack(model.get("_values"), RECORD);
    view.leaves = unpack(model.get("_leaves"), STATISTICS);
    if (dirty) rebuild();
    else for (const pane of view.panes) pane.each(pane.paint ?? (() => {}));
    closer.show(model.get("_closer"));
    view.warn(model.get("_message"));
  }
  function rebuild() {
    dirty = false;
    view.structure = model.get("_structure");
    view.edit?.refresh();
    view.play.refresh();
    for (const pane of view.panes) pane.reset();
    view.tree.totals();
  }
  function chosen() {
    if (dirty) rebuild();
    for (const pane of view.panes) pane.follow(view.selected);
    view.edit?.refresh();
    for (const pane of view.panes) pane.each(pane.mark);
    if (view.edit?.allowed) view.chain.redo([before, view.selected]);
    before = view.selected;
    for (const pane of view.panes) if (view.selected != null) pane.show(view.selected);
    const row = view.structure.rows[view.selected];
    if (row) view.say(spoken(view, { step: view.selected, row }, view.selected === view.structure.failed));
    closer.show(model.get("_closer"));
  }

  view.root.append(...[h("div", { class: "sk-top" }, headline, view.play.el), input?.el, view.edit?.el, warning, body, readout, closer.el, code?.el, view.status].filter(Boolean));
  el.append(view.root);
  arrange();
  input?.refresh(model.get("_input"));
  code?.refresh();
  fresh();
  view.drew();

  view.on("_structure", () => (dirty = true));
  view.on("_runs", () => { line.answered(); view.soon(fresh); view.soon(view.drew); });
  for (const name of ["_values", "_leaves"]) view.on(name, () => view.soon(fresh));
  view.on("_closer", () => view.soon(() => closer.show(model.get("_closer"))));
  view.on("_input", () => input?.refresh(model.get("_input")));
  view.on("_edit", () => view.soon(() => { const now = view.edit?.allowed; view.edit?.refresh(); if (now !== view.edit?.allowed) view.redraw(); }));
  view.on("_code", () => code?.refresh());
  view.on("panes", () => view.soon(() => { arrange(); fresh(); }));
  view.on("selected", () => view.soon(chosen));
  view.on("_message", () => view.warn(model.get("_message")));
  model.on("comm_live_update", line.cut);
  return () => { line.stop(); view.play.stop(); model.off("comm_live_update", line.cut); view.dispose(); };
}

export default { render: (context) => (context.model.get("_beside") ? renderBeside(context) : renderExplorer(context)) };
