// Loaded into the Playground before its own code, which has no option for any of this. Whoever reaches the Playground acts
// as anybody: so it listens on loopback only, answers no page but its own, and ends with the program that started it.
"use strict";

const http = require("http");
const net = require("net");

const OURS = /^(https?:\/\/)?(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (...given) {
  const port = given[0] !== null && typeof given[0] === "object" ? given[0].port : given[0];
  if (port === undefined || Number.isNaN(Number(port))) {
    return listen.apply(this, given); // a pipe, or a socket that listens already
  }
  const then = given.filter((each) => typeof each === "function");
  return listen.call(this, { port: Number(port), host: "127.0.0.1" }, ...then);
};

const { createServer } = http;
http.createServer = function (...given) {
  const server = createServer.apply(this, given);
  const { emit } = server;
  server.emit = function (event, request, answer, ...more) {
    if (!["request", "upgrade"].includes(event) || isOurs(request.headers)) {
      return emit.call(this, event, request, answer, ...more);
    }
    if (event === "request") {
      answer.writeHead(403, { "Content-Type": "text/plain", Connection: "close" });
      answer.end("The Playground is reached as localhost only.\n");
    } else {
      answer.destroy(); // the socket
    }
    return true;
  };
  return server;
};

// A web page may lead its own name to this machine, or let its reader's browser call us under ours.
function isOurs({ host, origin }) {
  return OURS.test(host || "") && (origin === undefined || OURS.test(origin));
}

// Whoever started this holds the other end, and lets go of it however they end.
process.stdin.on("close", () => process.exit()).on("error", () => process.exit());
process.stdin.resume();
