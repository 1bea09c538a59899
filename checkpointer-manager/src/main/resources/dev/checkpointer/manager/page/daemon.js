// Questions to the daemon. Each brings the token along, which this tab alone keeps.

const KEY = "checkpointer.token";
const SILENCE_MILLIS = 30_000; // the daemon says something every ten seconds

/** What the daemon refused, or that it does not answer, with what to do about it. */
export class Refusal extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.remedy = error.remedy;
  }
}

/** Takes the token from the address, whose fragment no server ever sees, and from the address bar and the history of this tab. */
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    sessionStorage.setItem(KEY, given.trim());
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEY);
}

export function keepToken(token) {
  sessionStorage.setItem(KEY, token.trim());
}

export function forgetToken() {
  sessionStorage.removeItem(KEY);
}

async function send(method, path, body, signal) {
  const token = sessionStorage.getItem(KEY) ?? "";
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Refusal(403, { message: "what was given cannot be a token", remedy: "" });
  }
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { Authorization: "Bearer " + token },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal,
    });
  } catch (e) {
    throw new Refusal(0, { message: "the daemon does not answer", remedy: "Look whether it runs" });
  }
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    const error = answer.error ?? { message: "the daemon answered with status " + response.status, remedy: "" };
    throw new Refusal(response.status, error);
  }
  return response;
}

export async function ask(method, path, body) {
  return (await send(method, path, body)).json();
}

/** Calls back when it listens, and with every event after a number; returns or throws when that ends, or on a signal. */
export async function follow(after, signal, listening, heard) {
  const silence = new AbortController();
  signal.addEventListener("abort", () => silence.abort());
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MILLIS);
  };
  wait();
  try {
    // EventSource could not send the token.
    const response = await send("GET", "/v1/events?after=" + after, undefined, silence.signal);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    listening();
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      wait();
      const blocks = (text + part.value).split("\n\n");
      text = blocks.pop();
      const data = blocks.flatMap((block) => block.split("\n")).filter((line) => line.startsWith("data: "));
      if (data.length > 0) {
        heard(data.map((line) => JSON.parse(line.slice("data: ".length))));
      }
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
