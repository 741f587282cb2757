// Draws cards into a page as Teams does, each with its name: `draw([[name, card], …], how)` with Microsoft's own renderer, which the page has.
//
// The renderer on npm is older than Teams. As it is, it shows what clients that lag behind show: the fallback of a Badge,
// an Icon, a ProgressBar or a chart. With `newer` it knows the first three and the flow layout, drawn as simply as can be.

const { AdaptiveCard, CardElement, CardObjectRegistry, Container, GlobalRegistry, HostConfig, SerializationContext,
  Versions } = AdaptiveCards;

const COLOURS = ["accent", "good", "warning", "attention", "dark", "light"];
const STYLES = ["default", "emphasis", "accent", "good", "warning", "attention"];

// Sizes and spaces: samples/HostConfig/microsoft-teams-light.json; the colours are variables of teams.css.
function hostConfig(narrow) {
  const same = (colour) => ({ default: colour, subtle: colour });
  const foregroundColors = { default: { default: "var(--text)", subtle: "var(--subtle)" } };
  for (const colour of COLOURS) foregroundColors[colour] = same(`var(--${colour})`);
  const containerStyles = {};
  for (const style of STYLES) {
    const ground = style === "default" ? "var(--ground)" : `var(--${style}-ground)`;
    const edge = COLOURS.includes(style) ? `var(--${style}-line)` : "var(--line)";
    containerStyles[style] = { backgroundColor: ground, borderColor: edge, foregroundColors };
  }
  const fact = { size: "Default", color: "Default", isSubtle: false, wrap: true };
  return new HostConfig({
    supportsInteractivity: true,
    fontFamily: "inherit",
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 200, default: 400, bolder: 600 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: "var(--line)" },
    imageSizes: { small: 32, medium: 52, large: 100 },
    containerStyles,
    actions: {
      maxActions: 6, buttonSpacing: 8, iconPlacement: "LeftOfTitle", iconSize: 16,
      showCard: { actionMode: "Inline", inlineTopMargin: 16, style: "emphasis" },
      actionsOrientation: narrow ? "Vertical" : "Horizontal", actionAlignment: narrow ? "Stretch" : "Left",
    },
    inputs: { errorMessage: { color: "Attention" } },
    adaptiveCard: { allowCustomStyle: false },
    imageSet: { imageSize: "Medium", maxImageHeight: 100 },
    factSet: { title: { ...fact, weight: "Bolder", maxWidth: 150 }, value: { ...fact, weight: "Default" }, spacing: 16 },
  });
}

// ── what the renderer does not know ─────────────────────────────────────────────────────────────────────────────────

function box(...classes) {
  const element = document.createElement("div");
  element.className = classes.filter(Boolean).join(" ");
  return element;
}

const said = (value, otherwise) => String(value || otherwise).toLowerCase();

class Newer extends CardElement {
  internalParse(source, context) {
    super.internalParse(source, context);
    this.source = source;
  }
}

class Badge extends Newer {
  getJsonTypeName() { return "Badge"; }
  internalRender() {
    const { text, icon, appearance, style, size } = this.source;
    const badge = box("newer-badge", said(appearance, "filled"), said(style, "default"), said(size, "medium"));
    if (icon) badge.append(glyph("", 12));
    if (text) badge.append(Object.assign(box("words"), { textContent: text }));
    return badge;
  }
}

const ICON_SIZES = { xxsmall: 12, xsmall: 16, small: 20, standard: 24, medium: 28, large: 32, xlarge: 40, xxlarge: 48 };

class Icon extends Newer {
  getJsonTypeName() { return "Icon"; }
  internalRender() {
    const { color, style, size } = this.source;
    const icon = glyph(said(style, "regular"), ICON_SIZES[said(size, "standard")]);
    const colour = said(color, "default");
    icon.style.color = COLOURS.includes(colour) ? `var(--${colour})` : "var(--text)";
    return icon;
  }
}

// Which picture the name stands for is Teams' matter: a shape of its size and colour is enough.
function glyph(style, size) {
  const shape = box("newer-icon", style);
  shape.style.width = shape.style.height = `${size}px`;
  return shape;
}

class ProgressBar extends Newer {
  getJsonTypeName() { return "ProgressBar"; }
  internalRender() {
    const { value, max, color } = this.source;
    const bar = box("newer-bar", said(color, "accent"));
    bar.append(box());
    bar.firstChild.style.width = `${value === undefined ? 40 : (100 * value) / (max || 100)}%`;
    return bar;
  }
}

// A container whose items stand side by side where there is room.
class FlowContainer extends Container {
  internalParse(source, context) {
    super.internalParse(source, context);
    this.flow = (source.layouts || []).find((layout) => layout.type === "Layout.Flow");
  }
  internalRender() {
    const element = super.internalRender();
    if (!element || !this.flow) return element;
    const gap = (name) => this.hostConfig.spacing[said(name, "default")] ?? 0;
    Object.assign(element.style, { display: "flex", flexDirection: "row", flexWrap: "wrap", alignItems: "center" });
    element.style.gap = `${gap(this.flow.rowSpacing)}px ${gap(this.flow.columnSpacing)}px`;
    for (const child of element.children) {
      if (child.classList.contains("ac-horizontal-separator")) child.style.display = "none";
      else Object.assign(child.style, { flex: "0 1 auto", width: "auto", maxWidth: "100%" });
    }
    return element;
  }
}

function registry(newer) {
  const known = new CardObjectRegistry();
  GlobalRegistry.populateWithDefaultElements(known);
  const added = newer ? { Badge, Icon, ProgressBar, Container: FlowContainer } : {};
  for (const [name, element] of Object.entries(added)) known.register(name, element, Versions.v1_0);
  return known;
}

// ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

// The little Markdown that a text block knows: bold, italic, links and lists.
function markdown(text) {
  const inline = (line) => line
    .replace(/[&<>"]/g, (sign) => ESCAPES[sign])
    .replace(/\\([^\w\s])/g, (_, sign) => `&#${sign.codePointAt(0)};`)
    .replace(/\[([^\]]*)\]\(([^)\s]*)\)/g, '<a href="$2">$1</a>')
    .replace(/\*\*(.+?)\*\*/g, "<b>$1</b>")
    .replace(/\*([^\s*](?:[^*]*[^\s*])?)\*/g, "<i>$1</i>")
    .replace(/(^|\W)_(.+?)_(?!\w)/g, "$1<i>$2</i>");
  return text.split(/\n{2,}/).map((paragraph) => {
    const lines = paragraph.split("\n");
    if (lines.every((line) => /^[-*] /.test(line))) {
      return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join("")}</ul>`;
    }
    return `<p>${lines.map(inline).join("<br>")}</p>`;
  }).join("");
}

AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown(text);
  result.didProcess = true;
};

// ── the card ────────────────────────────────────────────────────────────────────────────────────────────────────────

const PHONE = 320;
const FULL = 680;
const HALF = 448; // about as wide as Teams draws a card that does not ask for its full width
const GLYPH = "data:image/svg+xml," + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">'
  + '<rect width="8" height="8" rx="2" fill="gray"/></svg>');

// The card as this client reads it: an icon's name is an address to Teams only. `open` shows what is hidden, too.
function readable(node, how) {
  if (Array.isArray(node)) return node.map((each) => readable(each, how));
  if (node === null || typeof node !== "object") return node;
  const result = {};
  for (const [name, value] of Object.entries(node)) {
    if (name === "data" || (name === "isVisible" && how.open)) continue;
    const icon = name === "iconUrl" && /^icon:/.test(value);
    if (icon && how.newer) result[name] = GLYPH;
    else if (!icon) result[name] = readable(value, how);
  }
  return result;
}

const registries = new Map([true, false].map((newer) => [newer, registry(newer)]));
const hosts = new Map([true, false].map((narrow) => [narrow, hostConfig(narrow)]));

// Draw cards below each other into `place`, each as wide as it would be: `phone` or not.
function draw(cards, { phone, newer, open = false, theme = "" }, place = document.body) {
  for (const [name, payload] of cards) {
    const card = new AdaptiveCard();
    const context = new SerializationContext(Versions.latest);
    context.setElementRegistry(registries.get(newer));
    card.hostConfig = hosts.get(phone);
    card.parse(readable(payload, { newer, open }), context);
    const frame = box("card");
    frame.dataset.name = name;
    if (theme) frame.dataset.theme = theme;
    const full = (payload.msteams || {}).width === "Full" ? FULL : HALF;
    frame.style.width = `${phone ? PHONE : full}px`;
    frame.append(card.render());
    place.append(frame);
  }
}
