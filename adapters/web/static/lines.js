// Lines of a room as elements. Text from people is only ever put in as textContent.
const BIG_TEXT = 500;

export class Lines {
  // hooks: reply(line), recall(line), act(line, action, text), rate(line, rating), grew()
  constructor(log, labels, hooks) {
    this.log = log;
    this.labels = labels;
    this.hooks = hooks;
    this.shown = new Map(); // seq → { line, element }
    this.waiting = new Map(); // client id → element
    this.tickets = new Map();
    this.day = "";
    this.last = -1;
  }

  say(key, slots = {}) {
    return this.labels[key].replace(/\{(\w+)\}/g, (_, name) => slots[name] ?? "");
  }

  // ------------------------------------------------------------ adding

  add(line) {
    if (line.seq <= this.last) return null;
    this.last = line.seq;
    this.waiting.get(line.id)?.remove();
    this.waiting.delete(line.id);
    if (line.kind === "recall") {
      this.takeBack(line.target);
      return null;
    }
    if (line.day !== this.day) this.append(this.note((this.day = line.day), "day"));
    const element = this.elementOf(line);
    this.shown.set(line.seq, { line, element });
    this.append(element);
    return element;
  }

  // What waits to be sent stands below everything that has been said.
  append(element) {
    const first = this.waiting.values().next().value;
    this.log.insertBefore(element, first ?? null);
  }

  note(text, kind = "") {
    const element = copy("t-note");
    element.textContent = text;
    if (kind) element.classList.add(kind);
    return element;
  }

  elementOf(line) {
    if (line.recalled) return this.note(this.say("chat.recalled", line));
    if (line.kind === "joined") return this.note(this.say("chat.joined", line));
    const element = this.bubble(line);
    element.id = `line-${line.seq}`;
    element.dataset.seq = line.seq;
    element.querySelector(".to-you").hidden = !line.called;
    this.fillQuote(element, line);
    this.fillPhotos(element, line);
    this.fillTools(element, line);
    if (line.ticket) this.fillTicket(element, line);
    return element;
  }

  bubble(line) {
    const element = copy("t-line");
    const bot = line.kind === "bot";
    element.classList.toggle("own", line.own);
    element.classList.toggle("bot", bot);
    const face = element.querySelector(".face");
    face.classList.add(`tint-${line.tint}`);
    if (bot) face.append(copy("t-bot"));
    else face.textContent = [...line.name][0] ?? "";
    element.querySelector(".name").textContent = line.name;
    show(element.querySelector(".badge"), line.badge);
    element.querySelector("time").textContent = line.time;
    show(element.querySelector(".text"), line.text);
    return element;
  }

  fillQuote(element, { quote }) {
    if (!quote) return;
    const button = element.querySelector(".quote");
    button.hidden = false;
    button.firstElementChild.textContent = `${quote.name}：${quote.text}`;
    button.addEventListener("click", () => this.jump(quote.seq));
  }

  jump(seq) {
    const target = this.shown.get(seq)?.element;
    if (!target) return;
    target.scrollIntoView({ block: "center" });
    target.querySelector(".reply")?.focus({ preventScroll: true });
    target.classList.add("found");
    target.addEventListener("animationend", () => target.classList.remove("found"), { once: true });
  }

  fillPhotos(element, line) {
    const box = element.querySelector(".photos");
    box.hidden = !line.photos.length;
    for (const address of line.photos) {
      const link = box.appendChild(document.createElement("a"));
      link.href = address;
      const picture = link.appendChild(document.createElement("img"));
      picture.src = address;
      picture.alt = this.say("chat.photo_of", line);
      picture.className = "photo";
      picture.addEventListener("load", () => this.hooks.grew());
    }
  }

  fillTools(element, line) {
    const reply = element.querySelector(".reply");
    reply.setAttribute("aria-label", this.say("chat.reply_to", { name: line.name, text: line.text.slice(0, 20) }));
    reply.addEventListener("click", () => this.hooks.reply(line));
    onLongPress(element.querySelector(".bubble"), () => this.hooks.reply(line));
    const recall = element.querySelector(".recall");
    recall.hidden = !line.recall || line.kind !== "say";
    recall.addEventListener("click", () => this.hooks.recall(line));
    if (!recall.hidden) setTimeout(() => (recall.hidden = true), line.recall * 1000);
  }

  takeBack(seq) {
    const found = this.shown.get(seq);
    if (!found) return;
    const note = this.note(this.say("chat.recalled", found.line));
    found.element.replaceWith(note);
    found.element = note;
    for (const { line, element } of this.shown.values()) {
      if (line.quote?.seq !== seq) continue;
      const quote = element.querySelector(".quote span");
      if (quote) quote.textContent = `${line.quote.name}：${this.labels["chat.recalled_short"]}`;
    }
  }

  // ------------------------------------------------------------ waiting to be sent

  wait(command, text) {
    const element = this.bubble({ own: true, kind: "say", name: this.labels["chat.you"], badge: "", time: "", text });
    element.classList.add("waiting");
    element.querySelector(".reply").hidden = true;
    this.mark(element, this.labels["chat.waiting"]);
    this.waiting.set(command.id, element);
    this.log.append(element);
  }

  mark(element, status) {
    show(element.querySelector(".status"), status);
  }

  refuse(id, why) {
    const element = this.waiting.get(id);
    if (!element) return;
    element.classList.replace("waiting", "failed");
    this.mark(element, this.say("chat.failed", { why }));
    this.waiting.delete(id);
  }

  // ------------------------------------------------------------ tickets

  update(ticket) {
    this.tickets.set(ticket.id, ticket);
    for (const { line, element } of this.shown.values()) if (line.ticket === ticket.id) this.fillTicket(element, line);
  }

  fillTicket(element, line) {
    const ticket = this.tickets.get(line.ticket);
    const box = element.querySelector(".ticket");
    if (!ticket || !box) return;
    box.hidden = false;
    box.querySelector(".state").textContent = ticket.state;
    const page = box.querySelector(".page");
    page.hidden = !ticket.page;
    if (ticket.page) page.href = ticket.page;
    const offers = line.offers.filter((action) => ticket.may.includes(action));
    const rated = ticket.mine && line.offers.includes("rate");
    show(box.querySelector(".rated"), rated ? this.say("chat.rated", { rating: this.labels[`button.rate.${ticket.mine}`] }) : "");
    if (box.querySelector(".words-form")) return; // somebody is writing there
    box.querySelector(".offers").replaceChildren(...offers.flatMap((action) => this.buttons(line, action, ticket, box)));
  }

  buttons(line, action, ticket, box) {
    if (action !== "rate") return [this.button(this.labels[`button.${action}`], () => this.press(line, action, box))];
    return [5, 4, 3, 2, 1].map((rating) => {
      const button = this.button(this.labels[`button.rate.${rating}`], () => this.hooks.rate(line, rating));
      button.setAttribute("aria-pressed", String(ticket.mine === rating));
      return button;
    });
  }

  button(text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = text;
    button.addEventListener("click", () => {
      for (const one of button.parentElement.children) one.disabled = true;
      act();
    });
    return button;
  }

  press(line, action, box) {
    if (action === "done" || action === "return") this.askWords(line, action, box);
    else this.hooks.act(line, action, "");
  }

  askWords(line, action, box) {
    const form = copy("t-words");
    const [label, input] = [form.querySelector("label"), form.querySelector("textarea")];
    label.textContent = this.say("chat.words_for", { action: this.labels[`act.${action}`] });
    label.htmlFor = input.id = `words-${line.seq}`;
    input.required = action === "return";
    const end = () => {
      form.remove();
      this.fillTicket(box.closest(".line"), line);
    };
    form.querySelector(".cancel").addEventListener("click", end);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim().slice(0, BIG_TEXT);
      if (action === "return" && !text) return;
      form.remove();
      this.hooks.act(line, action, text);
    });
    box.append(form);
    input.focus();
  }

  // A refused tap: its buttons come back.
  restore(ticketId) {
    const ticket = this.tickets.get(ticketId);
    if (ticket) this.update(ticket);
  }
}

export function copy(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

export function show(element, text) {
  element.textContent = text;
  element.hidden = !text;
}

const LONG_PRESS_MS = 550;
const TREMBLE = 10;

function onLongPress(element, act) {
  let timer, start;
  const stop = () => clearTimeout(timer);
  element.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || event.target.closest("button, a, textarea")) return;
    start = event;
    timer = setTimeout(act, LONG_PRESS_MS);
  });
  element.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.x - start.x, event.y - start.y) > TREMBLE) stop();
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) element.addEventListener(end, stop);
}
