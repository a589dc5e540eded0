// ---- walks: which rows a chain shows, what is folded away, and what is hidden while the value has not come so far ----

function walks(view) {
  return {
    chainItems() {
      const shown = view.structure.rows.map((row, step) => ({ step, row })).filter(({ step }) => !view.isInFold(step));
      return [{ step: -1 }, ...shown, ...(view.structure.out.length ? [{ step: "y" }] : [])];
    },
    isInFold(step) {
      const at = view.structure.rows[step].p;
      const holds = (p) => p && p.length < at.length && p.every((i, k) => i === at[k]);
      return [...view.folded].some((n) => n < step && holds(view.structure.rows[n]?.p));
    },
    fold(step) {
      view.folded.has(step) ? view.folded.delete(step) : view.folded.add(step);
      view.play.refresh();
      view.redraw(true);
    },
    lastInside(step) {
      const { rows } = view.structure, at = rows[step].p;
      let last = step;
      while (rows[last + 1] && rows[last + 1].p.length > at.length) last++;
      return last;
    },
    isHidden(step) {
      if (view.reached == null || step === -1) return false;
      const at = view.folded.has(view.reached) ? view.lastInside(view.reached) : view.reached;
      return at < (step === "y" ? view.structure.rows.length - 1 : view.lastInside(step));
    },
    asks(step) {
      if (!view.play.predicting) return false;
      const items = view.chainItems(), i = items.findIndex((item) => item.step === step), before = items[i - 1];
      const isOpen = before?.row?.k === "chain" && !view.folded.has(before.step);
      return before != null && (isOpen ? view.asks(before.step) : view.isHidden(before.step));
    },
    typeChanges({ step }) {
      const { rows, edges } = view.structure, type = (list) => String(list?.map((e) => edges[e][2]));
      const before = step === "y" ? rows.at(-1) : rows[step - 1], now = step === "y" ? view.structure.out : rows[step].i;
      return !before || type(before.i) !== type(now);
    },
    tall() {
      const at = view.chainItems().findIndex((item) => item.step === view.structure.failed && view.structure.failed != null);
      return at < 0 ? FLAT : { at, px: SENTENCE };
    },
  };
}
