// Microsoft's own renderer judges cards: a JSON list of them on standard input, a list of verdicts on standard output.
const { AdaptiveCard, SerializationContext, ValidationEvent, Versions } = require(process.argv[2]);

// The renderer on npm is older than Teams: it draws the fallback of these, and says so.
const NEWER = new Set(["ProgressBar", "Badge", "Chart.HorizontalBar.Stacked"]);

// Teams searches in a field whatever version the card has; this renderer knows it from the next version on.
const LATER = /^Property "choices\.data" is supported in version 1\.6/;

function isExpected(event) {
  if (LATER.test(event.message)) return true;
  const name = /"([\w.]+)"/.exec(event.message);
  const unknown = event.event === ValidationEvent.UnknownElementType && name && NEWER.has(name[1]);
  return unknown && /Fallback/.test(event.message);
}

function judge(payload) {
  const context = new SerializationContext(Versions.v1_5);
  const card = new AdaptiveCard();
  card.parse(payload, context);
  const objections = [];
  for (let i = 0; i < context.eventCount; i += 1) {
    const event = context.getEventAt(i);
    if (!isExpected(event)) objections.push(event.message);
  }
  for (const event of card.validateProperties().validationEvents) objections.push(event.message);
  return { objections, items: card.getItemCount() };
}

let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (part) => { text += part; });
process.stdin.on("end", () => process.stdout.write(JSON.stringify(JSON.parse(text).map(judge))));
