// ---- code: the present chain as a person would write it, in any of the six styles ----

function makeCode(view) {
  const style = h("select", { "aria-label": "style of the code", onchange: () => anew() });
  const numbers = h("input", { type: "checkbox", onchange: () => anew() }), code = h("code"), note = h("span", { class: "sk-note" });
  const copy = button("copy", async () => {
    await copied(code.textContent);
    setText(copy, "copied");
    view.say("the code was copied");
    setTimeout(() => setText(copy, "copy"), 1500);
  });
  const el = h("details", { class: "sk-code", ontoggle: () => ask() }, h("summary", {}, "code"),
    h("div", { class: "sk-tools" }, style, h("label", {}, numbers, " with its numbers"), copy, note),
    h("pre", { tabindex: "0", "aria-label": "code of the chain" }, code));
  const ask = () => view.set("_code_asked", { open: el.open, style: style.value, numbers: numbers.checked });

  // Another style may have to be imported first: what stands there until then is the code of the last one.
  function anew() {
    setText(code, "…");
    copy.disabled = true;
    ask();
  }
  function refresh() {
    const now = view.model.get("_code") ?? {};
    if (now.styles && style.length !== now.styles.length) style.replaceChildren(...now.styles.map((name) => h("option", {}, name)));
    if (now.style) style.value = now.style;
    setText(code, now.text ?? "");
    setText(note, now.note ?? "");
    copy.disabled = !now.text;
    code.parentElement.hidden = !now.text;
  }
  return { el, refresh };
}

// Without a secure context there is no clipboard; the old way still works there.
async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = h("textarea", {}, text);
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
