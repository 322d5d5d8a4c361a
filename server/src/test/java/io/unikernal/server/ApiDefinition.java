package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What the tests of the API ask: notes that are answered, at once or later. */
final class ApiDefinition {
  private static final String TEXT =
      """
      types:
        Note: { text: string }
      systems:
        inbox:
          type: http
          listen: 0
          operations:
            noted: { post: /notes, body: Note, returns: { said: string } }
            never: { post: /never, body: Note, returns: { said: string } }
            later: { post: /later, body: Note, returns: { said: string } }
      routes:
        - { from: inbox.noted, to: say }
        - { from: inbox.later, to: wait }
        - { from: inbox.never, to: sleep }
      pipelines:
        say:
          input: Note
          steps:
            - { name: checked, set: "${100 / size(input.text)}" }
          output: "${{'said': input.text + '!'}}"
        sleep:
          input: Note
          steps:
            - { wait: 60s }
          output: "${{'said': input.text}}"
        wait:
          input: Note
          steps:
            - { wait: 300ms }
          output: "${{'said': input.text + '?'}}"
      """;

  private ApiDefinition() {}

  static Kernel start(Path folder, SystemWorld world) throws Exception {
    Path file = Files.writeString(folder.resolve("notes.udl.yaml"), TEXT);
    var adapters = AdapterCatalog.load();
    var compilation = UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), true));
    var plan =
        compilation
            .plan()
            .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
    var kernel = Kernel.open(plan, adapters, world, Listener.SILENT);
    kernel.start();
    return kernel;
  }
}
