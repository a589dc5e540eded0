// ---- listing: a pane of rows of which only those in sight are in the page; keys walk through them ----

const FLAT = { at: Infinity, px: 0 };

class Listing {
  // options: title, role, height, items() → [{step, …}], draw(item) → element, and perhaps paint(element, item),
  // keys(event, item) → whether it was one of its own, seen(items), tall() → {at, px}: one row that needs more room,
  // spare() → room below the last row.
  constructor(view, name, options) {
    // `offset` and `room` are what the browser last told of the scrolling: to ask it would make it lay out the page.
    Object.assign(this, { view, name, ...options, rows: new Map(), list: [], at: 0, offset: 0, room: 520, drop: FLAT });
    this.space = h("div", { class: "sk-space", role: "none" });
    this.scroll = h("div", {
      class: "sk-scroll", role: this.role, tabindex: "0", "aria-label": this.title,
      onscroll: () => this.scrolled(), onkeydown: (event) => this.pressed(event), onfocus: () => this.focused(),
      onblur: () => view.hover(null),
    }, this.space);
    this.heading = h("div", { class: "sk-heading" }, h("span", { class: "sk-title" }, this.title));
    this.el = h("section", { class: `sk-pane sk-${name}`, "aria-label": this.title }, this.heading, this.scroll);
    this.foot = h("div", { class: "sk-foot" });
    this.el.append(this.foot);
  }

  top(i) {
    return i * this.height + (i > this.drop.at ? this.drop.px : 0);
  }

  reset() {
    this.list = this.items();
    this.drop = this.tall?.() ?? FLAT;
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    this.space.style.height = `${this.top(this.list.length) + (this.spare?.() ?? 0)}px`;
    this.fill();
  }

  fill() {
    const first = Math.max(0, Math.floor((this.offset - this.drop.px) / this.height) - 1);
    const last = Math.min(this.list.length, Math.ceil((this.offset + this.room) / this.height) + 1);
    for (const [i, row] of this.rows) if (i < first || i >= last) this.take(i, row);
    for (let i = first; i < last; i++) if (!this.rows.has(i)) this.add(i);
    this.seen?.(this.list.slice(first, last));
  }

  // The page was laid out anew.
  measure() {
    this.offset = this.scroll.scrollTop;
    this.room = this.scroll.clientHeight || 520;
    this.fill();
  }

  // Draw the rows of these steps anew, and no others.
  redo(steps) {
    for (const [i, row] of [...this.rows]) if (steps.includes(this.list[i].step)) this.take(i, row), this.add(i);
  }

  take(i, row) {
    row.remove();
    this.rows.delete(i);
  }

  add(i) {
    const item = this.list[i], row = this.draw(item);
    row.classList.add("sk-row");
    row.dataset.step = item.step;
    row.id = `${this.view.id}-${this.name}-${i}`;
    row.style.top = `${this.top(i)}px`;
    row.style.height = `${this.height + (i === this.drop.at ? this.drop.px : 0)}px`;
    row.setAttribute("aria-setsize", this.list.length);
    row.setAttribute("aria-posinset", i + 1);
    this.rows.set(i, row);
    const after = [...this.rows.keys()].filter((other) => other > i).sort((a, b) => a - b)[0];
    this.space.insertBefore(row, after == null ? null : this.rows.get(after));
    this.mark(row, item);
    this.paint?.(row, item);
  }

  mark(row, item) {
    const { near, selected } = this.view, is = item.step === selected && selected != null;
    row.classList.toggle("sk-near", near != null && item.step === near);
    row.classList.toggle("sk-selected", is);
    row.setAttribute("aria-selected", String(is));
    row.classList.toggle("sk-future", this.view.isHidden(item.step));
    row.classList.toggle("sk-here", this.view.reached != null && item.step === this.view.reached);
  }

  each(act) {
    for (const [i, row] of this.rows) act.call(this, row, this.list[i]);
  }

  scrolled() {
    this.offset = this.scroll.scrollTop;
    this.fill();
    this.view.scrolled?.(this);
  }

  show(step) {
    const i = this.list.findIndex((item) => item.step === step);
    if (i >= 0) this.reveal(i);
  }

  reveal(i) {
    const top = this.top(i), bottom = this.top(i + 1);
    const to = top < this.offset ? top : bottom > this.offset + this.room ? bottom - this.room : this.offset;
    if (to === this.offset) return;
    this.scroll.scrollTop = this.offset = to;
    this.fill();
  }

  // The keys go on from the row that was selected, by whatever means.
  follow(step) {
    const i = this.list.findIndex((item) => item.step === step);
    if (i >= 0) this.at = i;
  }

  go(i) {
    this.at = Math.max(0, Math.min(this.list.length - 1, i));
    if (!this.list.length) return;
    this.reveal(this.at);
    this.view.hover(this.list[this.at].step);
    this.point();
  }

  point() {
    this.each((row) => row.classList.toggle("sk-at", row === this.rows.get(this.at)));
    const row = this.rows.get(this.at);
    if (row) this.scroll.setAttribute("aria-activedescendant", row.id);
  }

  focused() {
    if (this.list[this.at]?.step !== this.view.selected) this.follow(this.view.selected);
    if (this.scroll.matches(":focus-visible")) this.go(this.at);
  }

  pressed(event) {
    if (event.target !== this.scroll) return;
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / this.height) - 1), item = this.list[this.at];
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in moves)) {
      if (this.other(event, item)) event.preventDefault();
      return;
    }
    event.preventDefault();
    this.go(this.at + moves[event.key]);
  }

  other(event, item) {
    if (item && this.keys?.(event, item)) return true;
    if (item && (event.key === "Enter" || event.key === " ")) return this.view.select(item.step), true;
    if (event.key === "Escape") return this.view.select(null), true;
    return false;
  }
}
