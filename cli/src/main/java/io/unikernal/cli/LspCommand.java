package io.unikernal.cli;

import io.unikernal.lsp.LspServer;
import io.unikernal.server.AdapterCatalog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "lsp",
    description = "Serves an editor: the language server protocol on standard input and output.",
    footer = {
      "",
      "Runs no user code unless the editor's setting `describeOnSave` allows it.",
      "Exit codes: 0 after an orderly end, else 1.",
      "",
      "Examples:",
      "  unikernal lsp",
    })
final class LspCommand implements Callable<Integer> {
  @Option(names = "--stdio", description = "What it does anyway; some editors say so.")
  private boolean stdio;

  @Override
  public Integer call() throws InterruptedException {
    var protocol = System.out;
    // Whatever else prints must not stand between the messages.
    System.setOut(System.err);
    return LspServer.serve(System.in, protocol, AdapterCatalog.load(), System.getenv());
  }
}
