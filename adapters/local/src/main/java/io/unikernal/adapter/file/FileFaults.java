package io.unikernal.adapter.file;

import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** What errors of files mean. {@code name} is the file's path from the folder. */
final class FileFaults {
  private FileFaults() {}

  static Fault of(IOException error, String name) {
    String said = said(error).toLowerCase(Locale.ROOT);
    if (error instanceof NoSuchFileException) {
      return Fault.of(Code.NOT_FOUND, "there is no file `" + name + "`");
    }
    if (error instanceof AccessDeniedException || said.contains("permission denied")) {
      return Fault.of(
          Code.REJECTED, "`" + name + "` may not be used", "check the permissions of the folder");
    }
    if (said.contains("no space left") || said.contains("quota exceeded")) {
      return Fault.of(Code.OVERLOADED, "the disk is full", "free space on it");
    }
    if (said.contains("too many levels of symbolic links")) {
      return Fault.of(Code.FORBIDDEN, "`" + name + "` is a link", "name the file itself");
    }
    if (said.contains("read-only")) {
      return Fault.of(Code.REJECTED, "the disk is read-only", "write to another folder");
    }
    if (said.contains("is a directory") || said.contains("not a directory")) {
      return Fault.of(
          Code.REJECTED, "`" + name + "` is a folder, or a folder on its way is a file");
    }
    return Fault.of(Code.DISCONNECTED, "`" + name + "` cannot be read or written: " + said);
  }

  /** The system's words, without the machine's paths. */
  private static String said(IOException error) {
    String reason = error instanceof FileSystemException file ? file.getReason() : null;
    if (reason != null) {
      return reason;
    }
    String message = error.getMessage();
    return message == null || error instanceof FileSystemException
        ? error.getClass().getSimpleName()
        : message;
  }
}
