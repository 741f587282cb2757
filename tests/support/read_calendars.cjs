// ical.js, the parser of Thunderbird, reads calendars: a JSON list of their texts on standard input, what it understood
// on standard output.
const ICAL = require(process.argv[2]);

ICAL.design.strict = true;

function moment(time) {
  if (!time) return null;
  return time.isDate ? time.toString() : time.toJSDate().toISOString();
}

function event(component) {
  const read = new ICAL.Event(component);
  return {
    uid: read.uid,
    sequence: component.getFirstPropertyValue("sequence"),
    status: component.getFirstPropertyValue("status"),
    summary: read.summary,
    description: read.description,
    start: moment(read.startDate),
    end: moment(read.endDate),
  };
}

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const value = (name) => {
    const found = calendar.getFirstPropertyValue(name);
    return found === null ? null : String(found);
  };
  return {
    method: value("method"),
    refresh: value("refresh-interval"),
    ttl: value("x-published-ttl"),
    events: calendar.getAllSubcomponents("vevent").map(event),
  };
}

let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (part) => { text += part; });
process.stdin.on("end", () => process.stdout.write(JSON.stringify(JSON.parse(text).map(read))));
