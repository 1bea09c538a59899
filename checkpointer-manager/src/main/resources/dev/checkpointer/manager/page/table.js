// Tables and what is in their cells. Texts become text nodes, never markup: many of them are programs' own words.

/** An element with texts and elements in it. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

/** A time of the daemon's in this browser's zone; the day only when it is another one. */
export function time(instant) {
  const date = new Date(instant);
  const today = date.toDateString() === new Date().toDateString();
  const text = date.toLocaleString("en-GB", { ...(today ? {} : { dateStyle: "medium" }), timeStyle: "medium" });
  return element("time", { dateTime: instant, title: instant }, text);
}

export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let value = count;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return (unit === 0 ? value : value.toFixed(1)) + " " + units[unit];
}

/** A text that a program or a tool made, all but the beginning of a long one folded. */
export function words(text, most, name = "span") {
  const begin = text.split("\n")[0].slice(0, most).trimEnd();
  if (begin === text) {
    return element(name, {}, text);
  }
  const summary = element("summary", {}, element(name, { className: "begin" }, begin + " …"));
  return element("details", {}, summary, element(name, {}, text));
}

/** Objects with ids, a row for each, which stays the same element as long as the object is there: so it keeps the focus. */
export class Table {
  /** Columns have a title and fill a cell; actions have a name, say whether an object can have them, and do it. */
  constructor(table, columns, actions) {
    this.columns = columns;
    this.actions = actions;
    this.rows = new Map();
    this.body = element("tbody", { role: "rowgroup" });
    const titles = [...columns.map((column) => column.title), "Actions"];
    // On a narrow screen the style makes cards of the rows, which takes the roles away unless they are named.
    const head = titles.map((title) => element("th", { role: "columnheader", scope: "col" }, title));
    table.setAttribute("role", "table");
    table.replaceChildren(
      element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...head)),
      this.body,
    );
    this.table = table;
  }

  show(objects) {
    const ids = new Set(objects.map((object) => object.id));
    for (const [id, row] of this.rows) {
      if (!ids.has(id)) {
        row.element.remove();
        this.rows.delete(id);
      }
    }
    objects.forEach((object, index) => {
      const row = this.rows.get(object.id) ?? this.add(object.id);
      const place = this.body.children[index];
      if (place !== row.element) {
        this.body.insertBefore(row.element, place ?? null);
      }
      this.fill(row, object);
    });
    this.table.hidden = objects.length === 0;
  }

  add(id) {
    const cells = this.columns.map((column) =>
      element("td", { role: "cell", className: column.style ?? "", "data-title": column.title }));
    const row = { cells, content: "", busy: false };
    row.buttons = this.actions.map((action) => {
      const button = element("button", { type: "button", className: action.grave ? "grave" : "" }, action.title);
      button.addEventListener("click", () => this.act(row, action, button));
      return button;
    });
    row.last = element("td", { role: "cell", className: "buttons", "data-title": "Actions" }, ...row.buttons);
    row.element = element("tr", { role: "row", "data-id": id }, ...cells, row.last);
    this.rows.set(id, row);
    return row;
  }

  fill(row, object) {
    row.object = object;
    const content = JSON.stringify(object);
    if (content !== row.content) {
      row.content = content;
      this.columns.forEach((column, i) => row.cells[i].replaceChildren(...[column.cell(object)].flat()));
    }
    this.enable(row);
  }

  enable(row) {
    const focused = row.buttons.find((button) => button === document.activeElement);
    this.actions.forEach((action, i) => {
      const button = row.buttons[i];
      button.hidden = row.busy ? button.hidden : !action.can(row.object);
      button.title = action.hint;
      button.setAttribute("aria-label", action.title + " " + action.whose(row.object));
      button.setAttribute("aria-disabled", row.busy);
    });
    row.last.classList.toggle("none", row.buttons.every((button) => button.hidden));
    // Who pressed a button that is gone now goes on with the one in its place.
    if (focused?.hidden) {
      row.buttons.find((button) => !button.hidden)?.focus();
    }
  }

  async act(row, action, button) {
    if (row.busy) {
      return;
    }
    row.busy = true;
    button.setAttribute("aria-busy", "true");
    this.enable(row);
    try {
      await action.act(row.object);
    } finally {
      row.busy = false;
      button.removeAttribute("aria-busy");
      this.enable(row);
    }
  }
}
