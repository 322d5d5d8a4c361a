package io.unikernal.bridge;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;

/**
 * Folders of sockets that only this user can reach, named by the process that made them, so that
 * what a killed kernel left behind can be told from what another one uses.
 */
final class SocketFolder {
  static final String SOCKET = "w.sock";
  private static final String PREFIX = "unikernal-";
  private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-.*");

  /** What the operating system takes as a socket's path, less its end. */
  private static final int SOCKET_PATH_BYTES_MAX = 100;

  private SocketFolder() {}

  static Path create() throws IOException {
    Path folder = create(Path.of(System.getProperty("java.io.tmpdir")));
    if (folder.toString().length() > SOCKET_PATH_BYTES_MAX - SOCKET.length() - 1) {
      Files.delete(folder);
      folder = create(Path.of("/tmp"));
    }
    return folder;
  }

  private static Path create(Path parent) throws IOException {
    sweep(parent);
    return Files.createTempDirectory(
        parent,
        PREFIX + ProcessHandle.current().pid() + "-",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Removes what a kernel that was killed could not remove. */
  static void sweep(Path parent) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*-*")) {
      for (Path folder : folders) {
        var name = NAME.matcher(String.valueOf(folder.getFileName()));
        if (name.matches() && isGone(name.group(1)) && !answers(folder.resolve(SOCKET))) {
          delete(folder);
        }
      }
    }
  }

  private static boolean isGone(String pid) {
    try {
      return ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    } catch (NumberFormatException _) {
      return false;
    }
  }

  /** Its process may live in another container and be alive all the same. */
  private static boolean answers(Path socket) {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  private static void delete(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(SOCKET));
      Files.deleteIfExists(folder);
    } catch (IOException _) {
      // Somebody else's, or somebody else was quicker.
    }
  }
}
