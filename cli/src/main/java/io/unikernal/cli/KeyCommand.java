package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.security.ApiKeys;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "key",
    description = "Makes keys for callers of a definition.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = KeyCommand.New.class,
    footer = {
      "",
      "Examples:",
      "  unikernal key new acme --roles partner",
    })
final class KeyCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say `new`.");
  }

  @Command(
      name = "new",
      description = "Makes an API key, and the line for `keys:` of an `api_key` identity.",
      footer = {
        "",
        "The key is printed once and kept nowhere: give it to the client. The definition gets the",
        "line with its hash. A client may have several keys, so that a new one can be handed out",
        "before the old one is removed.",
        "Exit codes: 0 ok, 2 usage.",
        "",
        "Examples:",
        "  unikernal key new acme --roles partner",
        "  unikernal key new acme --roles partner,reader --expires 2027-01-31",
      })
  static final class New implements Callable<Integer> {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]*");
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "Whose key it is.")
    private String name = "";

    @Option(
        names = "--roles",
        split = ",",
        paramLabel = "ROLE",
        description = "The roles that it gives.")
    private List<String> roles = new ArrayList<>();

    @Option(
        names = "--expires",
        paramLabel = "DAY",
        description = "From when on it is refused, as 2027-01-31.")
    private String expires = "";

    @Option(names = "--json", description = "Print both as JSON.")
    private boolean json;

    @Override
    public Integer call() {
      if (name.isBlank()) {
        throw new ParameterException(spec.commandLine(), "Say whose key it is.");
      }
      PrintWriter out = spec.commandLine().getOut();
      ApiKeys.Made made = ApiKeys.make();
      if (json) {
        var fields = new LinkedHashMap<String, Value>();
        fields.put("key", Value.text(made.text()));
        fields.put("name", Value.text(name));
        fields.put("hash", Value.text(made.hash()));
        fields.put("roles", new Value.Items(roles.stream().map(Value::text).toList()));
        out.println(Json.pretty(new Value.Dict(fields)));
      } else {
        out.println("key, for " + name + " (it is not shown again):");
        out.println("  " + made.text());
        out.println("line, for `keys:` of an identity of type api_key:");
        out.println("  " + line(made));
      }
      out.flush();
      return ExitCode.OK;
    }

    private String line(ApiKeys.Made made) {
      var line = new StringBuilder("- { name: " + word(name));
      line.append(", hash: \"" + made.hash() + "\"");
      if (!roles.isEmpty()) {
        line.append(", roles: [")
            .append(String.join(", ", roles.stream().map(New::word).toList()))
            .append("]");
      }
      if (!expires.isEmpty()) {
        line.append(", expires: " + word(expires));
      }
      return line.append(" }").toString();
    }

    /** In quotes, unless YAML reads it as the text it is. */
    private static String word(String text) {
      return PLAIN.matcher(text).matches()
          ? text
          : new String(Json.write(Value.text(text)), java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
