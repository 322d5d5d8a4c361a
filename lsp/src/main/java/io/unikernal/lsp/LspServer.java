package io.unikernal.lsp;

import io.unikernal.spi.Adapter;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.lsp4j.launch.LSPLauncher;

/** Speaks the protocol over two streams until the editor has had enough, or is gone. */
public final class LspServer {
  private static final Logger LOG = System.getLogger("unikernal.lsp");

  private LspServer() {}

  /**
   * Serves one editor.
   *
   * @param environment what definitions read
   * @return the exit code: 0 after an orderly end, else 1
   */
  public static int serve(
      InputStream in,
      OutputStream out,
      Map<String, Adapter> adapters,
      Map<String, String> environment)
      throws InterruptedException {
    var code = new CompletableFuture<Integer>();
    var server = new UnikernalServer(new Analyst.Setting(adapters, environment), code::complete);
    // Never closed: closing waits for the reader, and a read of a pipe that the editor keeps open
    // can
    // be neither interrupted nor ended. Virtual threads do not keep the process alive.
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      var launcher =
          LSPLauncher.createServerLauncher(server, in, out, threads, consumer -> consumer);
      server.connect(launcher.getRemoteProxy());
      Future<Void> listening = launcher.startListening();
      threads.submit(() -> {
        end(listening);
        code.complete(1); // The stream ended before the editor said so.
      });
      int result = code.get();
      listening.cancel(true);
      return result;
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private static void end(Future<Void> listening) {
    try {
      listening.get();
    } catch (ExecutionException | java.util.concurrent.CancellationException e) {
      LOG.log(Level.DEBUG, "the connection has ended", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
