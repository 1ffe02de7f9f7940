// A chat page: the composer, what is unread, and the connection of lines and link.
import { Lines, show } from "/static/lines.js";
import { Link, load, save } from "/static/link.js";

const root = document.getElementById("chat");
const labels = JSON.parse(root.dataset.labels);
const people = JSON.parse(root.dataset.people);
const room = root.dataset.room;
const log = document.getElementById("log");
const text = document.getElementById("text");
const toast = document.getElementById("toast");
const banner = document.getElementById("banner");
const newer = document.getElementById("newer");
const picker = document.getElementById("people");
const mention = document.getElementById("mention");
const replying = document.getElementById("replying");
const readKey = `read:${room}`;
let reply = null;
let called = [];
let divider = null;
let settled = false; // whether the first lines are there

const lines = new Lines(log, labels, {
  reply: startReply,
  recall: (line) => link.push({ type: "recall", seq: line.seq }),
  act: (line, action, words) => link.push({ type: "press", ticket: line.ticket, action, text: words, line: line.seq }),
  rate: (line, rating) => link.push({ type: "rate", ticket: line.ticket, rating }),
  grew: () => stick && toEnd(),
});
const link = new Link(room, { lines: receive, state: showState, settled: settle, last: () => lines.last });

// ---------------------------------------------------------------- lines come in

let stick = true;
log.addEventListener("scroll", () => {
  stick = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  if (stick) seen();
});
newer.addEventListener("click", toEnd);
document.addEventListener("visibilitychange", () => !document.hidden && stick && seen());

function receive(frame) {
  frame.tickets.forEach((ticket) => lines.tickets.set(ticket.id, ticket));
  const read = load(readKey);
  const away = !settled || document.hidden || !stick;
  for (const line of frame.lines) {
    const element = lines.add(line);
    if (element && away && !line.own) divide(line, element, read);
  }
  frame.tickets.forEach((ticket) => lines.update(ticket));
  start(frame.lines.length > 0);
  if (stick) toEnd();
  else newer.hidden = !frame.lines.length;
}

// The divider stands before the first line that came while nobody looked; a first visit has none.
function divide(line, element, read) {
  const already = divider?.isConnected && Number(divider.dataset.seq) > (Number(read) || 0);
  if (typeof read !== "number" || line.seq <= read || already) return;
  divider?.remove();
  divider = lines.note(labels["chat.unread"], "unread");
  divider.dataset.seq = line.seq;
  element.before(divider);
}

function start(any) {
  const first = document.getElementById("start");
  if (any) first?.remove();
  else if (first) first.textContent = labels[room === "dm" ? "chat.empty_dm" : "chat.empty"];
  if (settled) return;
  settled = true;
  log.setAttribute("aria-busy", "false");
  log.setAttribute("aria-live", "polite");
  if (divider) {
    divider.scrollIntoView({ block: "center" });
    stick = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  }
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
  seen();
}

function seen() {
  newer.hidden = true;
  if (!document.hidden && lines.last >= 0) save(readKey, lines.last);
}

function showState(online) {
  show(banner, online ? "" : labels["chat.offline"]);
}

function settle(command, answer) {
  if (command.ticket) lines.restore(command.ticket);
  if ("ack" in answer) {
    show(toast, "");
    if (lines.waiting.has(command.id)) lines.mark(lines.waiting.get(command.id), "");
    return;
  }
  const why = answer.why;
  lines.refuse(command.id, why);
  show(toast, lines.say("chat.failed", { why }));
}

// ---------------------------------------------------------------- writing

const composer = document.getElementById("composer");
composer.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape") closePicker();
});
text.addEventListener("input", (event) => {
  grow();
  if (event.data === "@" && people.length) openPicker();
});

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

function send() {
  const words = text.value.trim();
  if (!words) return;
  const mentions = called.filter((one) => words.includes(`@${one.name}`)).map((one) => one.id);
  say({ text: words, mentions, photos: [] });
  text.value = "";
  called = [];
  grow();
  endReply();
  text.focus();
}

function say(parts) {
  const command = link.push({ type: "say", reply: reply?.seq ?? null, ...parts });
  lines.wait(command, parts.text || labels["chat.photo_short"]);
  toEnd();
}

function startReply(line) {
  reply = line;
  const words = lines.say("chat.replying", { name: line.name, text: line.text || labels["chat.photo_short"] });
  replying.querySelector("span").textContent = words;
  replying.hidden = false;
  text.focus();
}

function endReply() {
  reply = null;
  replying.hidden = true;
}
replying.querySelector("button").addEventListener("click", () => {
  endReply();
  text.focus();
});

// ---------------------------------------------------------------- calling somebody

mention?.addEventListener("click", () => (picker.hidden ? openPicker() : closePicker()));
picker.addEventListener("keydown", (event) => event.key === "Escape" && (closePicker(), text.focus()));

function openPicker() {
  picker.replaceChildren(...people.map(personButton));
  picker.hidden = false;
  mention?.setAttribute("aria-expanded", "true");
  picker.firstElementChild?.focus();
}

function closePicker() {
  picker.hidden = true;
  mention?.setAttribute("aria-expanded", "false");
}

function personButton(person) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = person.name;
  button.addEventListener("click", () => call(person));
  return button;
}

function call(person) {
  const at = text.selectionStart ?? text.value.length;
  const before = text.value.slice(0, at).replace(/@$/, "");
  text.value = `${before}@${person.name} ${text.value.slice(at)}`;
  called.push(person);
  closePicker();
  text.focus();
}

// ---------------------------------------------------------------- photos

for (const input of document.querySelectorAll("[data-photo]")) {
  input.addEventListener("change", () => input.files[0] && sendPhoto(input));
}

async function sendPhoto(input) {
  const file = input.files[0];
  input.value = "";
  show(banner, labels["chat.photo_sending"]);
  try {
    const token = await upload(file);
    show(banner, "");
    say({ text: "", mentions: [], photos: [token] });
    endReply();
  } catch (error) {
    show(banner, "");
    show(toast, lines.say("chat.photo_failed", { why: error.message }));
  }
}

async function upload(file) {
  const headers = { Accept: "application/json", "Content-Type": "application/octet-stream" };
  const query = new URLSearchParams({ room });
  const answer = await fetch(`/upload?${query}`, { method: "POST", body: file, headers }).catch(() => {
    throw new Error(labels["chat.photo_offline"]);
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ?? String(answer.status));
  return body.token;
}

// ---------------------------------------------------------------- begin

for (const command of link.queue) if (command.type === "say") lines.wait(command, command.text || labels["chat.photo_short"]);
link.open();
