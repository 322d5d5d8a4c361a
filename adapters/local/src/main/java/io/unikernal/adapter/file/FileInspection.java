package io.unikernal.adapter.file;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Whether the folder is there, or can be made, and may be used as the operations use it. */
final class FileInspection {
  private FileInspection() {}

  static Inspection of(Inspects.Request request) {
    try {
      Path folder = FileFolder.path(request.system(), request.config());
      boolean writes =
          request.questions().stream().anyMatch(question -> writes(question.operation().options()));
      return new Inspection.Reached(look(folder, writes), Map.of(), List.of());
    } catch (FaultException wrong) {
      return new Inspection.Unreached(wrong.fault());
    }
  }

  private static boolean writes(Config options) {
    return options.has(FileAdapter.APPEND)
        || options.has(FileAdapter.WRITE)
        || options.has(FileAdapter.WATCH) && !options.get(FileAdapter.AFTER).equals("keep");
  }

  private static String look(Path folder, boolean writes) {
    if (!Files.exists(folder)) {
      return made(folder);
    }
    if (!Files.isDirectory(folder)) {
      throw trouble(folder, "is not a folder", "correct `path`");
    }
    if (!Files.isReadable(folder)) {
      throw trouble(folder, "may not be read", "check its permissions");
    }
    if (writes && !Files.isWritable(folder)) {
      throw trouble(folder, "may not be written", "check its permissions");
    }
    return writes ? "the folder may be written" : "the folder may be read";
  }

  private static String made(Path folder) {
    Path above = folder.toAbsolutePath().getParent();
    while (above != null && !Files.exists(above)) {
      above = above.getParent();
    }
    if (above == null || !Files.isDirectory(above) || !Files.isWritable(above)) {
      throw trouble(folder, "is not there and cannot be made", "make it, or correct `path`");
    }
    return "the folder is not there yet: `run` makes it";
  }

  private static FaultException trouble(Path folder, String what, String hint) {
    return Fault.of(Fault.Code.REJECTED, "the folder " + folder.getFileName() + " " + what, hint)
        .toException();
  }
}
