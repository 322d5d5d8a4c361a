package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Diagnostic.Severity;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no key and no name of any definition that we show can be misspelt without a word. Method:
 * each key of every mapping, and each name that a key of the language holds, is renamed, one at a
 * time; {@code check} must then say something that it did not say before. The long form takes them
 * all, the short one a sample.
 */
class MutationsTest {
  private static final boolean LONG = Boolean.getBoolean("unikernal.long");
  private static final int SAMPLE = 250;

  /** Keys of the language whose values are names, or types made of names. */
  private static final Set<String> NAMES =
      Set.of(
          "from",
          "to",
          "system",
          "policy",
          "type",
          "extends",
          "clearance",
          "effect",
          "as",
          "body",
          "returns",
          "accepts",
          "receives",
          "input",
          "template",
          "backoff");

  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  @TempDir private Path folder;

  /** Whose the word is that is renamed: the language's, or the author's. */
  private enum Owner {
    LANGUAGE,
    AUTHOR,
    /** The author's, for a field of a type. */
    FIELD
  }

  private record Mutation(Shown shown, int at, String word, Owner owner) {}

  @Test
  void everyKeyAndNameThatIsRenamedIsNoticed() throws Exception {
    List<Shown> definitions =
        Shown.all(folder).stream().filter(shown -> !TestFiles.isTest(shown.file())).toList();
    assertThat(definitions).hasSizeGreaterThan(12);
    var all = new ArrayList<Mutation>();
    Map<Shown, Set<String>> before = new LinkedHashMap<>();
    for (Shown shown : definitions) {
      Compilation compilation = shown.check(shown.text());
      assertThat(compilation.diagnostics())
          .as(shown.name() + "\n" + compilation.rendered().text(false))
          .noneMatch(found ->
              found.severity() == Severity.ERROR && !found.code().equals(Code.NOT_YET.id()));
      before.put(shown, messages(compilation));
      all.addAll(mutations(shown));
    }
    Collections.shuffle(all, new Random(20260101));
    List<Mutation> chosen = LONG ? all : all.subList(0, Math.min(SAMPLE, all.size()));
    var silent = new ArrayList<String>();
    for (Mutation mutation : chosen) {
      Shown shown = mutation.shown();
      int end = mutation.at() + mutation.word().length();
      String text = shown.text();
      String renamed = text.substring(0, end) + "zz" + text.substring(end);
      Set<String> after = messages(shown.check(renamed));
      after.removeAll(before.get(shown));
      if (after.isEmpty() && !isWithoutMeaning(mutation)) {
        long line = text.substring(0, end).lines().count();
        silent.add("%s:%d %s".formatted(shown.name(), line, mutation.word()));
      }
    }
    Collections.sort(silent);
    assertThat(chosen).hasSizeGreaterThan(200);
    assertThat(silent).isEmpty();
  }

  /**
   * By rule, not by case: a name that the author chose means nothing to anybody else where it
   * stands only once, nor does the name of a field that no expression reads, since records are
   * structural.
   */
  private static boolean isWithoutMeaning(Mutation mutation) {
    String text = mutation.shown().text();
    long places =
        WORD.matcher(text).results().filter(word -> word.group().equals(mutation.word())).count();
    String checked = text.split("\ntests:", 2)[0];
    boolean isRead =
        Pattern.compile("(?<!param)\\.\\??" + mutation.word() + "\\b").matcher(checked).find();
    return switch (mutation.owner()) {
      case LANGUAGE -> false;
      case AUTHOR -> places == 1;
      case FIELD -> !isRead || READ_ELSEWHERE.contains(named(mutation));
    };
  }

  private static List<Mutation> mutations(Shown shown) {
    var source = new Source(shown.name(), shown.file(), shown.text());
    var found = new ArrayList<Mutation>();
    YamlReader.read(source, new Diagnostics())
        .ifPresent(root -> collect(shown, root, List.of(), found));
    return found.stream().distinct().toList();
  }

  private static void collect(Shown shown, Node node, List<String> path, List<Mutation> found) {
    String key = path.isEmpty() ? "" : path.getLast();
    if (path.equals(List.of("tests"))) {
      return; // read by `unikernal test` only
    }
    switch (node) {
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          boolean isKnown =
              Grammar.ALL.stream().anyMatch(known -> known.find(entry.name()).isPresent());
          boolean isField =
              path.size() == 2 && path.getFirst().equals("types") || MADE.contains(key);
          Owner owner = isField ? Owner.FIELD : isKnown ? Owner.LANGUAGE : Owner.AUTHOR;
          Matcher word = WORD.matcher(entry.key().place().text());
          if (word.find() && !key.equals("env")) {
            found.add(
                new Mutation(
                    shown, entry.key().place().start() + word.start(), word.group(), owner));
          }
          var inside = new ArrayList<>(path);
          inside.add(entry.name());
          collect(shown, entry.value(), inside, found);
        }
      }
      case Sequence sequence -> sequence.items().forEach(item -> collect(shown, item, path, found));
      case Scalar scalar -> {
        boolean isText = scalar.text().contains("${") || scalar.isNull();
        if (NAMES.contains(key) && !isText) {
          Matcher word = WORD.matcher(scalar.place().text());
          while (word.find()) {
            found.add(
                new Mutation(
                    shown, scalar.place().start() + word.start(), word.group(), Owner.LANGUAGE));
          }
        }
      }
    }
  }

  /** What is read under this name is the field of another record, or a parameter of a path. */
  private static final Set<String> READ_ELSEWHERE =
      Set.of("types.udl.yaml id", "language.md sku", "products.udl.yaml name");

  private static String named(Mutation mutation) {
    String file = mutation.shown().name().replaceFirst("^.*/", "").replaceFirst(" block \\d+", "");
    return file + " " + mutation.word();
  }

  /** Under these stand records that the author makes: their fields are as those of types. */
  private static final Set<String> MADE = Set.of("set", "with");

  private static Set<String> messages(Compilation compilation) {
    return compilation.diagnostics().stream()
        .map(found -> found.code() + found.message())
        .collect(Collectors.toCollection(HashSet::new));
  }
}
