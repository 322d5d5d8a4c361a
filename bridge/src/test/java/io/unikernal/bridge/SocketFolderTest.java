package io.unikernal.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFolderTest {
  @TempDir private Path parent;

  @Test
  void whatADeadProcessLeftIsRemovedAndNothingElse() throws Exception {
    long dead = deadPid();
    Path left = Files.createDirectory(parent.resolve("unikernal-" + dead + "-a"));
    Files.createFile(left.resolve(SocketFolder.SOCKET));
    Path ours =
        Files.createDirectory(parent.resolve("unikernal-" + ProcessHandle.current().pid() + "-b"));
    Path others = Files.createDirectory(parent.resolve("unikernal-postgres-c"));
    Path answers = Files.createDirectory(parent.resolve("unikernal-" + dead + "-d"));
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(answers.resolve(SocketFolder.SOCKET)));

      SocketFolder.sweep(parent);

      assertThat(left).doesNotExist();
      assertThat(ours).exists();
      assertThat(others).exists();
      assertThat(answers).as("somebody listens there").exists();
    }
  }

  private static long deadPid() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}
