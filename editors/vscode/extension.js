"use strict";

const { workspace, commands, window } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

function settings() {
  const own = workspace.getConfiguration("unikernal");
  return {
    definition: own.get("definition", ""),
    describeOnSave: own.get("describeOnSave", false),
    debounceMs: own.get("debounceMs", 150),
  };
}

async function start() {
  // In a workspace that is not trusted nothing runs that its own settings may name.
  const own = workspace.getConfiguration("unikernal");
  const command = workspace.isTrusted ? own.get("command", "unikernal") : own.inspect("command")?.globalValue ?? "unikernal";
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("unikernal", "Unikernal", server, {
    documentSelector: [{ scheme: "file", language: "udl" }],
    initializationOptions: settings(),
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{udl,udl.yaml,py}") },
  });
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(`\`${command} lsp\` does not start: ${error.message}. Set unikernal.command to the program's path.`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("unikernal.restart", async () => {
      await stop();
      await start();
    }),
    workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("unikernal.command")) {
        await stop();
        await start();
      } else if (event.affectsConfiguration("unikernal")) {
        await client?.sendNotification("workspace/didChangeConfiguration", { settings: { unikernal: settings() } });
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
