// The page: services, images and events of a daemon.

import { Refusal, ask, follow, forgetToken, keepToken, takeToken } from "./daemon.js";
import { Table, bytes, element, time, words } from "./table.js";

const SHOWN_EVENTS = 100;
const AGAIN_MILLIS = 2000;
const CALM_MILLIS = 50;

const at = (id) => document.getElementById(id);
const path = (kind, object, action) => "/v1/" + kind + "/" + encodeURIComponent(object.id) + "/" + action;
const called = (service) => service.name ?? service.id;

let services = [];
let visit = new AbortController();

const serviceTable = new Table(
  at("services"),
  [
    { title: "Name", cell: (service) => service.name ?? "–" },
    { title: "ID", cell: (service) => element("code", {}, service.id) },
    { title: "PID", cell: (service) => String(service.pid ?? "–"), style: "number" },
    {
      title: "State",
      cell: (service) => [
        element("span", { className: "state " + service.state }, service.state),
        ...(service.reason ? [element("div", { className: "reason" }, words(service.reason, 100))] : []),
      ],
    },
    { title: "Since", cell: (service) => time(service.since) },
    { title: "Command", cell: (service) => words(service.command.join(" "), 120, "code"), style: "wide" },
  ],
  [
    action("Dump", "Writes the program to an image, with which it ends", (service) => service.state === "running",
      (service) => ask("POST", path("services", service, "dump"))),
    action("Restore", "Brings the program back from its image", (service) => service.image && ended(service),
      (service) => ask("POST", "/v1/images/" + encodeURIComponent(service.image) + "/restore")),
    action("Start", "Starts the program from its beginning", ended,
      (service) => ask("POST", path("services", service, "start"))),
    { ...action("Stop", "Ends the program", (service) => service.state === "running",
        (service) => ask("POST", path("services", service, "stop")),
        (service) => sure("Stop " + called(service) + "?",
          "What the program has in memory is lost. A dump would keep it.", "Stop")),
      grave: true },
  ],
);

const imageTable = new Table(
  at("images"),
  [
    { title: "Command", cell: (image) => element("code", { title: image.command.join(" ") }, image.comm) },
    { title: "ID", cell: (image) => element("code", {}, image.id) },
    { title: "Size", cell: (image) => bytes(image.size), style: "number" },
    { title: "Created", cell: (image) => time(image.created) },
    { title: "Tags", cell: (image) => image.tags.length === 0 ? "–" : image.tags.map((tag) => element("span", { className: "tag" }, tag)) },
    { title: "Service", cell: (image) => image.from ?? "–" },
  ],
  [
    action("Restore", "Brings back the service that was dumped, or a new one when that runs", () => true,
      (image) => ask("POST", path("images", image, "restore"))),
  ],
);

function ended(service) {
  return ["dumped", "stopped", "dead"].includes(service.state);
}

/** Something that a button does; what is refused is told, and the tables are right afterwards in any case. */
function action(title, hint, can, act, confirmed = async () => true) {
  const whose = (object) => object.comm === undefined ? called(object) : "image " + object.id;
  return {
    title,
    hint,
    can,
    whose,
    async act(object) {
      if (!(await confirmed(object))) {
        return;
      }
      try {
        await act(object);
        at("said").textContent = title + " " + whose(object) + ": done";
      } catch (e) {
        complain(title + " " + whose(object), e);
      }
      await refresh().catch(() => {}); // that the daemon does not answer is told where the connection is
    },
  };
}

/** Asks before something is lost. */
function sure(title, text, yes) {
  const dialog = at("sure");
  at("sure-title").textContent = title;
  at("sure-text").textContent = text;
  dialog.querySelector("[value=yes]").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

function complain(what, e) {
  if (!(e instanceof Refusal)) {
    throw e;
  }
  if (e.status === 403) {
    leave(e.message);
    return;
  }
  const close = element("button", { type: "button", "aria-label": "Dismiss" }, "✕");
  const notice = element(
    "div",
    { className: "notice", role: "alert" },
    element("div", {},
      element("strong", {}, what + ": "),
      element("span", { className: "message" }, e.message),
      ...(e.remedy ? [element("p", { className: "remedy" }, e.remedy + ".")] : [])),
    close,
  );
  close.addEventListener("click", () => notice.remove());
  at("notices").append(notice);
}

/** One at a time; what happens meanwhile asks for another. */
let refreshing;
let stale = false;

function refresh() {
  stale = true;
  refreshing ??= (async () => {
    try {
      while (stale) {
        stale = false;
        await show();
      }
    } finally {
      refreshing = undefined;
    }
  })();
  return refreshing;
}

async function show() {
  const [listed, stored] = await Promise.all([ask("GET", "/v1/services"), ask("GET", "/v1/images")]);
  services = listed.services;
  const names = new Map(services.map((service) => [service.id, called(service)]));
  serviceTable.show(services);
  imageTable.show(stored.images.reverse().map((image) => ({ ...image, from: names.get(image.service) ?? image.service })));
  for (const [name, objects] of [["services", services], ["images", stored.images]]) {
    at(name + "-count").textContent = objects.length || "";
    at(name + "-none").hidden = objects.length > 0;
  }
  at("room").hidden = false;
}

function heard(events) {
  const rows = events.slice(-SHOWN_EVENTS).reverse().map((event) => {
    const service = services.find((other) => other.id === event.id);
    return element(
      "li",
      { "data-type": event.type },
      time(event.at),
      element("span", { className: "type" }, event.type),
      element("span", { className: "whose" }, service ? called(service) : event.id),
      element("span", { className: "detail" }, event.detail),
    );
  });
  const list = at("events");
  list.prepend(...rows);
  while (list.children.length > SHOWN_EVENTS) {
    list.lastElementChild.remove();
  }
}

const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

function connection(kind, text) {
  at("connection").className = kind;
  if (at("connection").textContent !== text) {
    at("connection").textContent = text;
  }
}

/** Until the token is refused or another visit begins. The numbers of events begin anew with each daemon. */
async function stay() {
  visit.abort();
  const mine = (visit = new AbortController()).signal;
  let pid;
  let last = 0;
  let timer;
  while (!mine.aborted) {
    try {
      const health = await ask("GET", "/v1/health");
      if (health.pid !== pid) {
        pid = health.pid;
        last = 0;
        at("events").replaceChildren();
      }
      await refresh();
      await follow(last, mine, () => connection("live", "Live"), (events) => {
        last = events.at(-1).number;
        heard(events);
        clearTimeout(timer);
        timer = setTimeout(() => refresh().catch(() => {}), CALM_MILLIS);
      });
    } catch (e) {
      if (!mine.aborted && e instanceof Refusal && e.status === 403) {
        leave(e.message);
        return;
      }
    }
    if (!mine.aborted) {
      connection("lost", "The daemon does not answer; trying again …");
      await sleep(AGAIN_MILLIS);
    }
  }
}

function enter() {
  at("door").hidden = true;
  at("leave").hidden = false;
  connection("", "Connecting …");
  stay();
}

/** To the form that asks for the token, with what is wrong with the one that was given. */
function leave(why) {
  visit.abort();
  forgetToken();
  connection("", "Not connected");
  at("room").hidden = true;
  at("leave").hidden = true;
  at("door").hidden = false;
  at("door-why").textContent = why && "The daemon says: " + why + ".";
  at("token").value = "";
  at("token").focus();
}

function begin() {
  if (takeToken()) {
    enter();
  } else {
    leave("");
  }
}

at("entrance").addEventListener("submit", (event) => {
  event.preventDefault();
  keepToken(at("token").value);
  enter();
});
at("leave").addEventListener("click", () => leave(""));
addEventListener("hashchange", begin);
begin();
