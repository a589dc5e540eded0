// ---- view: what every picture has: its model, what is near the pointer, what is selected, how it speaks ----

let views = 0;

function makeView(model, el) {
  const root = h("div", { class: "seqkit-explorer", "data-drawn": "0", "data-state": "ready" });
  const status = h("div", { class: "sk-status", role: "status", "aria-live": "polite" });
  const undo = [], view = {
    model, root, status, id: `seqkit-${++views}`, panes: [], near: null, reached: null, folded: new Set(), colors: null, alive: true,
    get selected() { return model.get("selected"); },
  };
  let jobs = new Set(), drawn = 0;

  Object.assign(view, {
    on(name, act) { model.on(`change:${name}`, act); undo.push(() => model.off(`change:${name}`, act)); },
    set(name, value) { model.set(name, value); model.save_changes(); },
    ask(name, wanted) { if (wanted.length && String(wanted) !== String(model.get(name))) view.set(name, wanted); },
    say(text) { setText(status, text); },
    isHidden: () => false,
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
  const step = (event) => {
    const n = event.target.closest?.("[data-step]")?.dataset.step;
    return n == null ? null : n === "y" ? n : Number(n);
  };
  root.addEventListener("pointerover", (event) => view.hover(step(event)));
  root.addEventListener("pointerleave", () => view.hover(null));
  root.addEventListener("click", (event) => {
    const control = event.target.closest("button, input, select, canvas[role]");
    if (!control && event.target.closest(".sk-row")) view.select(step(event));
  });
  root.addEventListener("keydown", (event) => event.stopPropagation());
  return view;
}
