// The socket of a room: what is sent stays in a queue on this phone until the server has acknowledged it.
const PING_MS = 20000;
const PATIENCE_MS = 10000;
const SLOWEST_MS = 10000;
const SIGNED_OUT = 4001; // the server's word for: here is nothing more for you; the page asked for again says so, and shows no chat

export class Link {
  // hooks: lines(frame), state(online), settled(command, answer), last() → the newest seq that the page has
  constructor(room, hooks) {
    this.room = room;
    this.hooks = hooks;
    this.key = `outbox:${room}`;
    this.queue = load(this.key);
    this.sent = new Set();
    this.wait = 500;
    addEventListener("online", () => this.open());
    document.addEventListener("visibilitychange", () => document.hidden || this.open());
    setInterval(() => this.ping(), PING_MS);
  }

  open() {
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.later);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = new URLSearchParams({ room: this.room, after: this.hooks.last() });
    const socket = new WebSocket(`${scheme}//${location.host}/ws?${query}`);
    this.socket = socket;
    socket.onmessage = (event) => socket === this.socket && this.hear(event.data);
    socket.onclose = (event) => socket === this.socket && (event.code === SIGNED_OUT ? location.reload() : this.lost());
  }

  lost() {
    clearTimeout(this.patience);
    this.sent.clear();
    this.hooks.state(false);
    this.later = setTimeout(() => this.open(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, SLOWEST_MS);
  }

  ping() {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send("ping");
    this.patience ||= setTimeout(() => this.socket.close(), PATIENCE_MS);
  }

  hear(data) {
    clearTimeout(this.patience);
    this.patience = undefined;
    if (data === "pong") return;
    const frame = JSON.parse(data);
    if (frame.ready) {
      this.wait = 500;
      this.hooks.state(true);
      this.hooks.lines(frame);
      this.flush();
    } else if (frame.again) {
      this.sent.delete(frame.refused);
      setTimeout(() => this.flush(), 3000);
    } else if (frame.error) {
      // it was not understood at all: answers come in order, so it is about the oldest one
      this.settle(this.sent.values().next().value, { why: frame.error });
    } else {
      this.settle(frame.ack ?? frame.refused, frame);
    }
  }

  settle(id, answer) {
    const command = this.queue.find((one) => one.id === id);
    this.queue = this.queue.filter((one) => one.id !== id);
    this.sent.delete(id);
    save(this.key, this.queue);
    if (command) this.hooks.settled(command, answer);
  }

  // Send now or as soon as there is a connection; the id makes a second delivery harmless.
  push(command) {
    command.id = newId();
    this.queue.push(command);
    save(this.key, this.queue);
    this.flush();
    return command;
  }

  flush() {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    for (const command of this.queue) {
      if (this.sent.has(command.id)) continue;
      this.sent.add(command.id);
      this.socket.send(JSON.stringify(command));
    }
  }
}

function newId() {
  // not randomUUID: it is missing where the page came over plain http
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function load(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? [];
  } catch {
    return [];
  }
}

export function save(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // private mode or full: the queue lives as long as the page
  }
}
