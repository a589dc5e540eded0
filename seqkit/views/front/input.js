// ---- input: sliders for a short vector, a pad for a picture, the example of a batch ----

function makeInput(view) {
  const title = h("span", { class: "sk-title" }, "input x"), form = h("div", { class: "sk-form" }), clear = h("div", { class: "sk-form" });
  const noise = button("noise", () => view.send({ do: "noise" })), reset = button("reset", () => view.send({ do: "reset" }));
  // The tools stay in the page while the form is made anew: whoever presses them by keys keeps the focus.
  const tools = h("div", { class: "sk-tools" }, clear, noise, reset);
  const el = h("div", { class: "sk-input", role: "group", "aria-label": "input x" }, title, form, tools);
  let parts = null, kind = "";

  function refresh(input) {
    const { values, seen, ...shape } = input ?? {}, now = JSON.stringify([shape, values?.length]);
    if (now !== kind) build(input);
    kind = now;
    parts?.fill(input);
  }

  function build(input) {
    parts = input && { sliders: sliders, pad: pad, none: nothing }[input.kind](view, input);
    el.hidden = !input || (input.kind === "none" && input.low == null);
    clear.replaceChildren(parts?.clear ?? "");
    form.replaceChildren(input?.examples > 1 ? chooser(view, input) : "", parts?.el ?? "");
  }

  return { el, refresh };
}

// Which example of the batch: a plain number field, so that the keys go on as everywhere.
function chooser(view, { examples }) {
  const field = h("input", { type: "number", min: 0, max: examples - 1, value: view.model.get("index"), "aria-label": "example of the batch" });
  field.addEventListener("change", () => view.set("index", Math.max(0, Math.min(examples - 1, Number(field.value) || 0))));
  view.on("index", () => (field.value = view.model.get("index")));
  return h("label", { class: "sk-example" }, "example ", field, ` of ${examples}`);
}

const nothing = () => ({ el: h("span", {}), fill() {} });

function sliders(view, { values, low, high, step }) {
  const outputs = [], ranges = values.map((value, i) => {
    const range = h("input", { type: "range", min: low, max: high, step, "aria-label": `x[${i}]` });
    range.addEventListener("input", () => {
      setText(outputs[i], short(Number(range.value)));
      view.send({ do: "value", at: i, value: Number(range.value) });
    });
    outputs.push(h("output", {}, short(value)));
    return range;
  });
  const labelled = (range, i) => h("label", {}, h("span", { class: "sk-axis" }, `x[${i}]`), range, outputs[i]);
  const el = h("div", { class: "sk-sliders" }, ...ranges.map(labelled));
  return { el, fill: (input) => input.values.forEach((value, i) => { ranges[i].value = value; setText(outputs[i], short(value)); }) };
}

// A pad of height × width cells: pointer or keys put the greatest value; Shift, the other button or Backspace put back the ground.
function pad(view, input) {
  const { height, width, low, high } = input, cells = new Float32Array(height * width);
  const canvas = h("canvas", { tabindex: "0", role: "application", "aria-roledescription": "drawing pad",
    "aria-label": `${height} by ${width} pad: arrows move, Space draws, Backspace erases` });
  const cursor = h("i", { class: "sk-cursor" }), frame = h("div", { class: "sk-pad" }, canvas, cursor);
  const ground = low < 0 && high > 0 ? 0 : low;
  frame.style.aspectRatio = `${width} / ${height}`;
  let at = 0, last = null;

  function show() {
    paintCells(canvas, cells.map((value) => value - ground), height, view.colors);
    const [wide, high] = [100 / width, 100 / height], left = (at % width) * wide, top = Math.floor(at / width) * high;
    cursor.style.cssText = `left:${left}%;top:${top}%;width:${wide}%;height:${high}%`;
  }
  function tell() {
    show();
    view.send({ do: "draw" }, [cells.slice().buffer]);
  }
  function put(row, column, erase, share = 1) {
    if (row < 0 || column < 0 || row >= height || column >= width) return;
    const i = row * width + column;
    cells[i] = erase ? ground : Math.max(cells[i], ground + share * (high - ground));
  }
  // A fine pad has a brush three cells wide, as a pen would be.
  function brush(row, column, erase) {
    put(row, column, erase);
    if (width > 12) for (const [r, c] of [[0, 1], [1, 0], [0, -1], [-1, 0]]) put(row + r, column + c, erase, 0.5);
  }
  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [Math.floor(((event.clientY - box.top) / box.height) * height), Math.floor(((event.clientX - box.left) / box.width) * width)];
  }
  function stroke(event) {
    const [row, column] = place(event), [r, c] = last ?? [row, column], n = Math.max(1, Math.abs(row - r), Math.abs(column - c));
    const between = (from, to, k) => Math.round(from + (k * (to - from)) / n), erases = event.shiftKey || event.buttons === 2;
    for (let k = 0; k <= n; k++) brush(between(r, row, k), between(c, column, k), erases);
    last = [row, column];
    at = Math.max(0, Math.min(height - 1, row)) * width + Math.max(0, Math.min(width - 1, column));
    tell();
  }
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); last = null; stroke(event); });
  canvas.addEventListener("pointermove", (event) => { if (last && event.buttons) stroke(event); });
  canvas.addEventListener("pointerup", () => (last = null));
  // The other button erases: neither the browser's menu nor Jupyter's may open over the pad.
  canvas.addEventListener("contextmenu", (event) => (event.preventDefault(), event.stopPropagation()));
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: width, ArrowUp: -width };
    const draws = { " ": false, Enter: false, Backspace: true, Delete: true };
    if (event.key in moves) {
      const to = at + moves[event.key];
      if (to >= 0 && to < cells.length) at = to;
      show();
      view.say(`row ${Math.floor(at / width)}, column ${at % width}: ${short(cells[at])}`);
    } else if (event.key in draws) {
      brush(Math.floor(at / width), at % width, draws[event.key]);
      tell();
    } else return;
    event.preventDefault();
  });
  const clear = button("clear", () => { cells.fill(ground); tell(); });
  return { el: frame, clear, fill: (now) => { cells.set(now.values); show(); } };
}
