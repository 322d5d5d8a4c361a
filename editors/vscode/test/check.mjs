// Holds the manifest to what it names, and the grammar to what it says of a sample. Run by `npm run check`.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const json = (file) => JSON.parse(readFileSync(join(root, file), "utf8"));

const manifest = json("package.json");
for (const file of [manifest.main, ...manifest.contributes.languages.map((it) => it.configuration),
  ...manifest.contributes.grammars.map((it) => it.path), ...manifest.contributes.snippets.map((it) => it.path)]) {
  assert.ok(existsSync(join(root, file)), `${file} is not there`);
}
json("language-configuration.json");
for (const [name, snippet] of Object.entries(json("snippets/udl.json"))) {
  assert.ok(snippet.prefix && snippet.body && snippet.description, name);
}

const textmate = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");
await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => json("syntaxes/udl.tmLanguage.json"),
});
const grammar = await registry.loadGrammar("source.udl");
const lines = readFileSync(join(root, "test/sample.udl"), "utf8").split("\n");
let stack = textmate.INITIAL;
const scopes = lines.map((line) => {
  const result = grammar.tokenizeLine(line, stack);
  stack = result.ruleStack;
  return result.tokens.map((it) => ({ text: line.slice(it.startIndex, it.endIndex), scopes: it.scopes.join(" ") }));
});

function scopeOf(line, text) {
  const found = scopes[line - 1].find((it) => it.text.trim() === text);
  assert.ok(found, `line ${line} has no token \`${text}\`: ${JSON.stringify(scopes[line - 1].map((it) => it.text))}`);
  return found.scopes;
}

for (const [line, text, scope] of [
  [2, "types", "keyword.control.udl"],
  [3, "Order", "entity.name.type.udl"],
  [3, "uuid", "support.type.udl"],
  [7, "8080", "constant.numeric.udl"],
  [9, "web", "entity.name.namespace.udl"],
  [9, "# a comment", "comment.line.number-sign.udl"],
  [10, "input", "variable.language.cel"],
  [10, "'10'", "string.quoted.single.cel"],
  [10, "has", "entity.name.function.cel"],
  [11, "to", "keyword.control.udl"],
  [16, "${", "punctuation.section.embedded.begin.udl"],
  [16, "note", "variable.other.property.cel"],
  [16, "orValue", "entity.name.function.cel"],
  [16, "$${", "constant.character.escape.udl"],
]) {
  assert.ok(scopeOf(line, text).includes(scope), `line ${line}, \`${text}\`: ${scopeOf(line, text)}`);
}
console.log(`ok: ${manifest.name} ${manifest.version}, ${lines.length} lines tokenised`);
