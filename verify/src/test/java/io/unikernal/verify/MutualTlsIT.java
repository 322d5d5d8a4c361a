package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A definition that knows its callers by certificates, asked by curl. */
class MutualTlsIT {
  private static final Pattern URL = Pattern.compile("https://127\\.0\\.0\\.1:\\d+");
  @TempDir private Path folder;

  private String runs(String command) throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of(command.split(" ")));
    var process =
        new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(command + "\n" + said).isIn(0, 35, 52, 56);
    return said;
  }

  private void issue(String name) throws Exception {
    String key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    runs(
        "openssl req -new %s -subj /CN=%s -keyout %s.key -out %s.csr"
            .formatted(key, name, name, name));
    runs(
        "openssl x509 -req -in %s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out %s.pem"
            .formatted(name, name));
  }

  @Test
  void callersAreKnownByTheirCertificatesAndOthersAreRefused() throws Exception {
    Files.writeString(folder.resolve("san"), "subjectAltName=IP:127.0.0.1\n");
    runs(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ca"
            + " -keyout ca.key -out ca.pem");
    issue("server");
    issue("acme");
    issue("other");
    Path definition =
        Definitions.of(
            folder,
            "tls.udl.yaml",
            """
            udl: 7
            systems:
              web:
                type: http
                listen: 0
                tls: { certificate: ./server.pem, key: ./server.key, authorities: ./ca.pem, clients: optional }
                operations: { who: { get: /who, returns: string } }
            routes:
              - { from: web.who, to: who }
            pipelines:
              who: { output: "${auth.name + ' by ' + auth.identity}" }
            identities:
              partners:
                type: certificate
                authorities: ./ca.pem
                clients: [ { name: acme, subject: "CN=acme", roles: [partner] } ]
            roles:
              partner: { may: [web.who] }
            """);
    try (var program = RunningProgram.run(folder, definition)) {
      var match = URL.matcher(program.output());
      assertThat(match.find()).as(program.output()).isTrue();
      String curl = "curl -s -w %{http_code} --cacert ca.pem " + match.group() + "/who";
      assertThat(runs(curl + " --cert acme.pem --key acme.key"))
          .isEqualTo("\"acme by partners\"200");
      assertThat(runs(curl + " --cert other.pem --key other.key"))
          .contains("401")
          .doesNotContain("CN=");
      assertThat(runs(curl)).contains("401");
      assertThat(runs("curl -s -w %{http_code} " + match.group().replace("https", "http") + "/who"))
          .doesNotContain("200");
      assertThat(program.interrupt()).as(program.output()).isZero();
    }
    try (var files = Files.walk(folder.resolve(".unikernal"))) {
      assertThat(files.map(Path::getFileName).map(Path::toString)).contains("audit.jsonl");
    }
  }
}
