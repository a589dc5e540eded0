// Times in the page, in milliseconds: from an event until what it changed has been painted.
(() => {
  const soon = (f) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = f;
    channel.port2.postMessage(0);
  };

  // A message posted inside a frame arrives when that frame is painted; outside, the next frame has to come first.
  let inFrame = false;
  const nextFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (f) =>
    nextFrame((time) => {
      inFrame = true;
      soon(() => (inFrame = false));
      f(time);
    });
  const painted = (f) => (inFrame ? soon(f) : nextFrame(() => soon(f)));

  const times = (window.__times = []);

  // The time from the next event of this type (from now on, if null) until `seen()` is true and on the screen.
  const time = (type, place, seen) =>
    new Promise((done, fail) => {
      let start = type ? null : performance.now();
      if (type) addEventListener(type, () => (start ??= performance.now()), { capture: true, once: true });
      const late = setTimeout(() => fail(new Error(`nothing was painted in 60 s after ${type ?? "the run"}`)), 60_000);
      const watch = new MutationObserver(async () => {
        if (start === null || !seen()) return;
        watch.disconnect();
        clearTimeout(late);
        await Promise.all([...place.querySelectorAll("img")].map((image) => image.complete || image.decode()));
        painted(() => done(times[times.push(performance.now() - start) - 1]));
      });
      watch.observe(place, { subtree: true, childList: true, attributes: true });
    });

  const explorer = () => document.querySelector(".seqkit-explorer:not([data-before])");
  const drawn = () => Number(explorer()?.dataset.drawn ?? 0);

  const watched = {
    redraw(type) {
      const before = drawn();
      return time(type, explorer(), () => drawn() > before);
    },
    near(step) {
      const rows = [...explorer().querySelectorAll(`.sk-row[data-step="${step}"]`)];
      return time("pointerover", explorer(), () => rows.every((row) => row.classList.contains("sk-near")));
    },
    figure() {
      const place = document.querySelector(".widget-vbox");
      const before = place.querySelector("img");
      return time("keydown", place, () => ![null, before].includes(place.querySelector("img")));
    },
    first(cell) {
      const app = window.jupyterapp;
      const notebook = app.shell.currentWidget.content;
      explorer()?.setAttribute("data-before", "");
      notebook.activeCellIndex = cell;
      const seen = time(null, notebook.node, () => drawn() >= 1);
      app.commands.execute("notebook:run-cell");
      return seen;
    },
  };

  // `start` begins to watch, `end` gives the time: between them stands a real press, move or click.
  let now;
  window.seqkitTimes = { start: (what, given) => void (now = watched[what](given)), end: () => now };
})();
