// ---- explorer: the panes, linked; what is redrawn when the kernel answers ----

function renderExplorer({ model, el }) {
  const view = makeView(model, el), line = makeLine(view), explores = model.get("_edit") !== undefined;
  const headline = h("b", { class: "sk-headline" }), readout = h("div", { class: "sk-readout", "aria-hidden": "true" });
  const warning = h("div", { class: "sk-warning", role: "alert", hidden: true });
  let dirty = true, before = null;

  Object.assign(view, walks(view), {
    send: line.send,
    // The shapes in the title would give away what is to be predicted.
    title: () => setText(headline, view.play.predicting ? view.structure.title.split(": ")[0] : view.structure.title),
    warn(text) { setText(warning, text); warning.hidden = !text; },
    readout: (text) => setText(readout, text),
    scrolled(from) {
      const other = { chain: view.activations, activations: view.chain }[from.name];
      const apart = other?.el.isConnected ? Math.abs(other.scroll.scrollTop - from.scroll.scrollTop) : 0;
      if (apart > 1) other.scroll.scrollTop = from.scroll.scrollTop;
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
  function edited() {
    const before = view.edit?.allowed;
    view.edit?.refresh();
    if (before !== view.edit?.allowed) view.redraw();
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

  const top = h("div", { class: "sk-top" }, headline, view.play.el);
  const parts = [top, input?.el, view.edit?.el, warning, body, readout, closer.el, code?.el, view.status];
  view.root.append(...parts.filter(Boolean));
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
  view.on("_edit", () => view.soon(edited));
  view.on("_code", () => code?.refresh());
  view.on("panes", () => view.soon(() => { arrange(); fresh(); }));
  view.on("selected", () => view.soon(chosen));
  view.on("_message", () => view.warn(model.get("_message")));
  model.on("comm_live_update", line.cut);
  return () => { line.stop(); view.play.stop(); model.off("comm_live_update", line.cut); view.dispose(); };
}

export default { render: (context) => (context.model.get("_beside") ? renderBeside(context) : renderExplorer(context)) };
