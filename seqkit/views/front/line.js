// ---- line: what the kernel is asked, one question at a time, and what is said when it does not answer ----

const PATIENCE_MS = 5000, NUDGE_MS = 4;
const SILENT = "The kernel has not answered for 5 s: it computes something long, or it is gone. The numbers are those of the "
  + "last run. If the kernel was restarted, run the cells above and this one again.";
const GONE = "The kernel is gone, and with it the chain. "
  + "The numbers are those of the last run: run the cells above and this one again.";
const REPLACED = ["value", "draw"];

// One question at a time; of those that wait, a newer value takes the place of an older one.
function makeLine(view) {
  const waiting = [];
  let busy = false, timer = null;
  function next() {
    if (busy || !waiting.length) return;
    const { content, buffers } = waiting.shift();
    busy = true;
    state("busy");
    timer = setTimeout(lost, PATIENCE_MS, SILENT);
    view.model.send(content, undefined, buffers);
    // Jupyter's server holds an answer back, about 40 ms, until what it sent before is acknowledged. This acknowledges it.
    setTimeout(() => busy && view.model.send({ do: "nothing" }), NUDGE_MS);
  }
  const state = (now) => (view.root.dataset.state = now);
  const lost = (why) => (state("lost"), view.warn(why));
  return {
    send(content, buffers = []) {
      const alike = (other) => REPLACED.includes(content.do) && other.do === content.do && other.at === content.at;
      const same = waiting.findIndex((each) => alike(each.content));
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
      lost(GONE);
    },
    stop: () => clearTimeout(timer),
  };
}
