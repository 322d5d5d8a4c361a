package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.model.Plan.StateKeys;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import java.util.List;
import java.util.Optional;

/** What seals the state that a definition keeps. */
final class StateReader {
  static final Field<String> KEY =
      Field.text("key", "seals what is kept on the disk").secret().example("${secret.state_key}");
  static final Field<List<String>> OLD_KEYS =
      Field.texts("old_keys", "open what was sealed before")
          .or(List.of())
          .secret()
          .example("[${secret.old_state_key}]");
  private static final ConfigSpec SPEC = ConfigSpec.of(KEY, OLD_KEYS);

  private StateReader() {}

  /** What is wrong is reported. */
  static Optional<StateKeys> read(Defaults defaults, OptionReader reader, Diagnostics diagnostics) {
    return defaults
        .find("state")
        .map(Entry::value)
        .flatMap(node -> Grammar.STATE.read(node, diagnostics))
        .flatMap(mapping ->
            reader
                .read(mapping, SPEC, mapping.place(), "`state`")
                .flatMap(options -> keys(mapping, options, diagnostics)));
  }

  private static Optional<StateKeys> keys(
      Mapping mapping, Config options, Diagnostics diagnostics) {
    new ClearText(diagnostics).check("state", mapping, SPEC);
    String key = options.get(KEY);
    List<String> old = options.get(OLD_KEYS);
    boolean isGood = isLong("key", List.of(key), mapping, diagnostics);
    isGood &= isLong("old_keys", old, mapping, diagnostics);
    if (isGood && old.contains(key)) {
      diagnostics
          .error(Code.STATE_KEY, place("old_keys", mapping), "the key is among the old ones")
          .label("it would seal what it is to be replaced for");
      isGood = false;
    }
    return isGood ? Optional.of(new StateKeys(key, old)) : Optional.empty();
  }

  private static boolean isLong(
      String option, List<String> keys, Mapping mapping, Diagnostics diagnostics) {
    if (keys.stream().allMatch(key -> key.length() >= StateKeys.LENGTH_MIN)) {
      return true;
    }
    diagnostics
        .error(
            Code.STATE_KEY,
            place(option, mapping),
            "a key of the state has at least " + StateKeys.LENGTH_MIN + " characters")
        .label("random ones, as of `openssl rand -base64 32`");
    return false;
  }

  private static Place place(String option, Mapping mapping) {
    return mapping.get(option).map(Node::place).orElse(mapping.place());
  }
}
