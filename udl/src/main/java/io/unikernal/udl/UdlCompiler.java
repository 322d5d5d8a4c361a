package io.unikernal.udl;

import io.unikernal.spi.Adapter;
import java.nio.file.Path;
import java.util.Map;

/** The one compiler behind {@code check}, {@code run}, {@code test} and the editor. */
public final class UdlCompiler {
  private UdlCompiler() {}

  /**
   * @param environment what {@code ${NAME}} and {@code env.NAME} read
   * @param offline runs no user code: functions are what {@code operations:} declares, else {@code
   *     any}
   */
  public record Options(Map<String, String> environment, boolean offline) {}

  /** Compiles a file, or every {@code *.udl} and {@code *.udl.yaml} directly in a folder. */
  public static Compilation compile(Path definition, Map<String, Adapter> adapters, Options options)
      throws InterruptedException {
    throw new UnsupportedOperationException("not written yet");
  }
}
