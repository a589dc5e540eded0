// ---- play: the value travels layer by layer; with "predict first" its next shape is asked before it is shown ----

function makePlay(view) {
  const predict = h("input", { type: "checkbox", onchange: () => { if (predict.checked && view.reached == null) begin(); else settle(); } });
  const play = button("play", () => view.set("playing", !view.model.get("playing")), { class: "sk-play" });
  const back = button("back", () => go(-1)), next = button("next", forward);
  const all = button("show all", end);
  const answer = h("input", { type: "text", size: 10, "aria-label": "the shape that you expect", placeholder: "(…, …)", autocomplete: "off" });
  const ask = h("span", {}), verdict = h("span", { class: "sk-verdict" });
  const check = h("button", { type: "submit" }, "check"), submit = (event) => (event.preventDefault(), judge());
  const form = h("form", { class: "sk-ask", onsubmit: submit }, ask, answer, check, verdict);
  const el = h("div", { class: "sk-steps", role: "group", "aria-label": "step through the run" },
    back, play, next, all, h("label", {}, predict, " predict first"), form);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = null;

  // A chain that is not folded is walked through, layer by layer; it is no step of its own.
  const isStep = (row, step) => !row.pending && (row.k !== "chain" || view.folded.has(step)) && !view.isInFold(step);
  const steps = () => view.structure.rows.flatMap((row, step) => (isStep(row, step) ? [step] : []));
  const following = () => steps().find((step) => step > view.reached);

  function begin() {
    view.reached = -1;
    setText(verdict, "");
    settle();
  }
  function end() {
    view.reached = null;
    if (view.model.get("playing")) view.set("playing", false);
    settle();
  }
  const failure = () => view.structure.sentence ?? view.structure.error ?? "";

  function go(by) {
    const to = by > 0 ? following() : steps().findLast((step) => step < view.reached) ?? -1;
    view.reached = to;
    settle();
    view.set("selected", to >= 0 ? to : null);
    const row = view.structure.rows[to];
    if (row) view.say(to === view.structure.failed ? failure() : `layer ${index(row.p)} ${row.l} gives ${shapes(view, row.o)}`);
    for (const pane of view.panes) pane.show(to);
  }
  // With a prediction asked for, the field is where the learner goes on; without one the value just travels.
  function forward() {
    if (view.reached == null) return begin();
    if (asking() && !verdict.matches(".sk-wrong:not(:empty)")) return answer.focus(), view.say(ask.textContent);
    setText(verdict, "");
    go(1);
  }
  const leaving = (step) => view.structure.rows[step].o.map((e) => view.structure.edges[e][1]);
  const isAsked = (step) => step != null && step !== view.structure.failed && leaving(step).every(Boolean);
  const asking = () => predict.checked && view.reached != null && isAsked(following());

  function judge() {
    const row = view.structure.rows[following()], dims = (answer.value.match(/\d+/g) ?? []).map(Number);
    const right = String(leaving(following()).flat()) === String(dims);
    const wanted = shapes(view, row.o, false), mine = shapeText([null, dims, ""], false);
    setText(verdict, right ? `✓ right: ${wanted}` : `✗ not ${dims.length ? mine : "a shape yet"}. Try again, or press next to see it.`);
    verdict.className = `sk-verdict ${right ? "sk-right" : "sk-wrong"}`;
    if (right) answer.value = "", go(1);
    view.soon(() => view.say(verdict.textContent));
    answer.focus();
  }

  function settle() {
    refresh();
    view.redraw();
  }
  function refresh() {
    const on = view.reached != null, layer = on ? view.structure.rows[following()] : null;
    back.disabled = !on || view.reached < 0;
    next.disabled = on && following() == null;
    all.hidden = !on;
    form.hidden = !predict.checked || !on || (!asking() && !verdict.textContent);
    answer.hidden = check.hidden = !asking();
    setText(ask, asking() ? `What shape leaves layer ${index(layer.p)} ${layer.l}?` : "");
    if (!on) setText(verdict, "");
    view.title();
  }
  function tick() {
    timer = null;
    if (!view.model.get("playing")) return;
    if (view.reached == null || following() == null) view.reached = -1, settle();
    else if (asking()) return view.set("playing", false), answer.focus();
    else go(1);
    if (following() == null) return view.set("playing", false);
    timer = setTimeout(tick, still.matches ? 1200 : 700);
  }
  view.on("playing", () => {
    const playing = view.model.get("playing");
    setText(play, playing ? "pause" : "play");
    clearTimeout(timer);
    if (playing) tick();
  });
  return { el, refresh, stop: () => clearTimeout(timer), get predicting() { return predict.checked && view.reached != null; } };
}
