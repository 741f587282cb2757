// Looks for what nobody can read on the cards that `draw` has drawn: `faults(themes)` gives a list of what is misplaced,
// clipped or, in one of the themes, too pale: the card, what is wrong, the text it is about and the figures that say so.

const NORMAL_CONTRAST = 4.5;
const LARGE_CONTRAST = 3; // WCAG 2.1, 1.4.3: from 24 px, or from 18.66 px in bold
const SLACK = 1; // pixels that rounding may cost

const cardOf = (element) => element.closest(".card").dataset.name;
const shortened = (text) => text.trim().replace(/\s+/g, " ").slice(0, 60);

// What is written in an element itself, or shown in it: an input shows its value, or what is to be written there.
function words(element) {
  if (element.tagName === "SELECT") return element.selectedOptions[0] ? element.selectedOptions[0].text : "";
  if (element.tagName === "INPUT" && /^(radio|checkbox)$/.test(element.type)) return "";
  if (element.matches("input, textarea")) return element.value || element.placeholder;
  let text = "";
  for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE) text += child.data;
  return text;
}

// ── place ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const pen = document.createElement("canvas").getContext("2d");

// A field does not say that its text is wider than it: measure the text. What one types scrolls, the rest is cut off.
function room(input, style) {
  pen.font = style.font;
  const arrow = input.tagName === "SELECT" ? 20 : 0;
  const wanted = pen.measureText(words(input)).width + arrow;
  return [wanted, input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)];
}

// By how many pixels it is beyond the card's edge.
function beyond(element) {
  const frame = element.closest(".card").getBoundingClientRect();
  const own = element.getBoundingClientRect();
  return Math.max(own.right - frame.right, frame.left - own.left);
}

function misplaced(elements) {
  const found = [];
  const faulty = new Set(); // what is in one of them is as wide as it, and no fault of its own
  for (const element of elements) {
    if (faulty.has(element.parentElement)) {
      faulty.add(element);
      continue;
    }
    const say = (what, ...figures) => {
      faulty.add(element);
      const text = shortened(words(element) || element.textContent) || element.className || element.tagName;
      found.push({ card: cardOf(element), what, text, figures: figures.map(Math.round).join(" of ") + " px" });
    };
    if (beyond(element) > SLACK) {
      say("stands out of the card", beyond(element));
      continue;
    }
    const style = getComputedStyle(element);
    if (element.matches("input, textarea, select")) {
      const scrolls = element.tagName !== "SELECT" && element.value;
      if (scrolls || element.tagName === "TEXTAREA" || /^(radio|checkbox|date|time)$/.test(element.type)) continue;
      const [wanted, has] = room(element, style);
      if (wanted > has + SLACK) say("is clipped in its field", has, wanted);
      continue;
    }
    if (style.display === "inline") continue; // it has no box; its block is looked at
    if (element.scrollWidth > element.clientWidth + SLACK) {
      if ([...element.querySelectorAll("*")].some((inner) => beyond(inner) > SLACK)) continue; // that one is told
      const how = style.overflowX === "visible" ? "runs out of its place" : "is clipped at the side";
      say(how, element.clientWidth, element.scrollWidth);
    } else if (style.overflowY !== "visible" && element.scrollHeight > element.clientHeight + SLACK) {
      say("is clipped below", element.clientHeight, element.scrollHeight);
    }
  }
  return found;
}

// ── colour ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function colour(text) {
  const numbers = text.match(/[\d.]+/g).map(Number);
  const srgb = text.startsWith("color("); // color(srgb 0.1 0.2 0.3 / 0.5)
  const [red, green, blue] = numbers.slice(0, 3).map((part) => (srgb ? part * 255 : part));
  return { red, green, blue, alpha: numbers[3] ?? 1 };
}

function over(top, below) {
  const mixed = { alpha: 1 };
  for (const part of ["red", "green", "blue"]) mixed[part] = top[part] * top.alpha + below[part] * (1 - top.alpha);
  return mixed;
}

function luminance(of) {
  const [red, green, blue] = [of.red, of.green, of.blue].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

const hex = (of) => "#" + [of.red, of.green, of.blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");

// What is behind the text: the nearest opaque ground, with what is translucent above it.
function ground(element) {
  const layers = [];
  for (let each = element; each; each = each.parentElement) {
    const style = getComputedStyle(each);
    layers.push(colour(style.backgroundColor));
    if (layers.at(-1).alpha === 1) break;
  }
  return layers.reduceRight((below, top) => over(top, below), { red: 255, green: 255, blue: 255, alpha: 1 });
}

function opacity(element) {
  let result = 1;
  for (let each = element; each; each = each.parentElement) result *= Number(getComputedStyle(each).opacity);
  return result;
}

function contrastOf(element) {
  const hint = element.matches("input, textarea") && !element.value ? "::placeholder" : null;
  const style = getComputedStyle(element, hint);
  const behind = ground(element);
  const own = colour(style.color);
  const ink = over({ ...own, alpha: own.alpha * opacity(element) }, behind);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600);
  const has = contrast(ink, behind);
  const enough = has >= (large ? LARGE_CONTRAST : NORMAL_CONTRAST);
  return { enough, figures: `${has.toFixed(2)}:1, ${hex(ink)} on ${hex(behind)}` };
}

// What decides about an element's colours: how it and all around it are styled, up to the card.
function surroundings() {
  const keys = new Map();
  return function key(element) {
    if (element.matches(".card")) return "";
    if (!keys.has(element)) {
      const { color, backgroundColor, fontSize, fontWeight, opacity } = element.style;
      const own = [element.tagName, element.className, color, backgroundColor, fontSize, fontWeight, opacity].join("|");
      keys.set(element, `${key(element.parentElement)}>${own}${element.value ? "=" : ""}`);
    }
    return keys.get(element);
  };
}

const pale = new Map(); // by surroundings: the themes in which text there is too pale, with the figures

function palePlaces(elements, themes) {
  const key = surroundings();
  const texts = elements.filter((element) => words(element).trim());
  const fresh = new Map(texts.filter((element) => !pale.has(key(element))).map((element) => [key(element), element]));
  for (const each of fresh.keys()) pale.set(each, []);
  for (const theme of fresh.size ? themes : []) {
    document.body.dataset.theme = theme;
    for (const [each, element] of fresh) {
      const { enough, figures } = contrastOf(element);
      if (!enough) pale.get(each).push({ theme, figures });
    }
  }
  const what = "is too pale";
  return texts.flatMap((element) => pale.get(key(element)).map(
    (theme) => ({ card: cardOf(element), what, text: shortened(words(element)), ...theme }),
  ));
}

function faults(themes) {
  const elements = [...document.querySelectorAll(".card *")].filter(
    (element) => element.tagName !== "OPTION" && element.getClientRects().length,
  );
  return [...misplaced(elements), ...palePlaces(elements, themes)];
}
