// Drives the server with the client library that VS Code itself uses: UNIKERNAL=path/to/unikernal npm run session
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const lsp = createRequire(import.meta.url)("vscode-languageserver-protocol/node");
const [command, ...args] = (process.env.UNIKERNAL ?? "unikernal").split(" ");
const server = spawn(command, [...args, "lsp"], { stdio: ["pipe", "pipe", "inherit"] });
const connection = lsp.createProtocolConnection(
  new lsp.StreamMessageReader(server.stdout), new lsp.StreamMessageWriter(server.stdin));
connection.listen();

const folder = mkdtempSync(join(tmpdir(), "udl-"));
const uri = pathToFileURL(join(folder, "orders.udl")).href;
const good = `types:
  Order: { id: uuid, customer: string }
systems:
  bus: { type: memory, operations: { orders: { receives: Order }, stored: { accepts: { text: string } } } }
routes:
  - from: bus.orders
    to: store
pipelines:
  store:
    steps:
      - { name: words, set: "😀 \${input.customer}" }
      - { system: bus.stored, with: { text: "\${words}" } }
    output: null
`;
writeFileSync(join(folder, "orders.udl"), good);
const position = (text, part, after) => {
  const before = text.slice(0, text.indexOf(part) + after);
  return { line: before.split("\n").length - 1, character: before.length - before.lastIndexOf("\n") - 1 };
};
let version = 0;
let waiting = () => {};
connection.onNotification(lsp.PublishDiagnosticsNotification.type, (it) => {
  if (it.uri === uri && it.version === version) waiting(it.diagnostics);
});
const change = (text) => new Promise((resolve) => {
  waiting = resolve;
  version++;
  if (version === 1) {
    connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: "udl", version, text } });
  } else {
    connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges: [{ text }] });
  }
});
const document = { uri };

const { capabilities } = await connection.sendRequest(lsp.InitializeRequest.type, {
  processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities: {}, initializationOptions: { debounceMs: 10 },
});
assert.ok(capabilities.completionProvider && capabilities.renameProvider && capabilities.documentFormattingProvider);
connection.sendNotification(lsp.InitializedNotification.type, {});
assert.deepEqual(await change(good), []);

const wrong = good.replace("to: store", "to: stor");
const [unknown] = await change(wrong);
assert.equal(unknown.code, "UDL-4003");
assert.deepEqual(unknown.range.start, position(wrong, "to: stor", 4));
const [fix] = await connection.sendRequest(lsp.CodeActionRequest.type, { textDocument: document, range: unknown.range, context: { diagnostics: [unknown] } });
assert.equal(fix.edit.changes[uri][0].newText, "store");

const broken = good.replace("${input.customer}", "${input.");
assert.equal((await change(broken)).length > 0, true);
const { items } = await connection.sendRequest(lsp.CompletionRequest.type, { textDocument: document, position: position(broken, "${input.", 8) });
assert.ok(items.some((it) => it.label === "customer"));

assert.deepEqual(await change(good), []);
const hover = await connection.sendRequest(lsp.HoverRequest.type, { textDocument: document, position: position(good, "input.customer", 8) });
assert.match(hover.contents.value, /Order\.customer: string/);
const places = await connection.sendRequest(lsp.ReferencesRequest.type, { textDocument: document, position: position(good, "words", 1), context: { includeDeclaration: true } });
assert.equal(places.length, 2);
const renamed = await connection.sendRequest(lsp.RenameRequest.type, { textDocument: document, position: position(good, "words", 1), newName: "text" });
assert.equal(renamed.changes[uri].length, 2);
await assert.rejects(connection.sendRequest(lsp.RenameRequest.type, { textDocument: document, position: position(good, "words", 1), newName: "input" }));
const outline = await connection.sendRequest(lsp.DocumentSymbolRequest.type, { textDocument: document });
assert.deepEqual(outline.map((it) => it.name), ["Order", "bus", "bus.orders → store", "store"]);
assert.ok((await connection.sendRequest(lsp.SemanticTokensRequest.type, { textDocument: document })).data.length > 0);

await connection.sendRequest(lsp.ShutdownRequest.type);
const ended = new Promise((resolve) => server.on("exit", resolve));
connection.sendNotification(lsp.ExitNotification.type);
assert.equal(await ended, 0);
console.log("ok: a session of every request");
