package io.unikernal.cli;

import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened to a message, as a tree for a terminal. */
final class StoryText {
  private final StringBuilder text = new StringBuilder();

  private StoryText() {}

  static String of(Value story) {
    var writer = new StoryText();
    writer.story(story);
    return writer.text.toString();
  }

  private void story(Value story) {
    Value way = story.field("way");
    String route = story.fieldText("route");
    line("", route.isEmpty() ? story.fieldText("operation") + ", no route" : route);
    line(
        "",
        "%s %s %s, trace %s, message %s, %s"
            .formatted(
                story.fieldText("ending").replace('_', ' '),
                way.field("ended") == Value.Bool.TRUE ? "after" : "since",
                millis(way.field("took_ms")),
                story.fieldText("trace"),
                story.fieldText("message"),
                shown(story.field("at"))));
    if (way.field("fault") != Value.Absent.ABSENT) {
      line("", fault(way.field("fault")));
    }
    within(way, "");
    if (story.field("left_out") instanceof Value.Int(var more) && more > 0) {
      line("", "… and " + more + " more that were not kept");
    }
  }

  /** Decisions first, then what was done. */
  private void within(Value part, String indent) {
    var lines = new ArrayList<Value>(items(part.field("notes")));
    lines.addAll(items(part.field("parts")));
    for (int i = 0; i < lines.size(); i++) {
      boolean isLast = i == lines.size() - 1;
      Value one = lines.get(i);
      String head = indent + (isLast ? "└─ " : "├─ ");
      String below = indent + (isLast ? "   " : "│  ");
      if (one.field("note") == Value.Absent.ABSENT) {
        line(head, done(one));
        within(one, below);
      } else {
        line(head, note(one));
        items(one.field("among")).forEach(member -> line(below, "   " + member(member)));
      }
    }
  }

  private static String done(Value part) {
    var words = new ArrayList<String>();
    boolean isCall = part.fieldText("kind").equals("call");
    words.add((isCall ? "call " : "") + part.fieldText("name"));
    words.add(
        (part.field("ended") == Value.Bool.TRUE ? "" : "under way for ")
            + millis(part.field("took_ms")));
    words.add("at " + millis(part.field("at_ms")));
    words.add(part.fieldText("place"));
    if (part.field("fault") != Value.Absent.ABSENT) {
      words.add("FAILED: " + fault(part.field("fault")));
    }
    return String.join("  ", words);
  }

  private static String note(Value note) {
    return switch (note.fieldText("note")) {
      case "considered" ->
          "route %s %s (%s)"
              .formatted(
                  note.fieldText("route"),
                  note.field("taken") == Value.Bool.TRUE
                      ? "takes it: its `when` is true"
                      : "does not take it: its `when` is not true",
                  note.fieldText("place"));
      case "chosen" ->
          "chose %s of %s: %s"
              .formatted(note.fieldText("member"), note.fieldText("target"), note.fieldText("why"));
      case "tried_again" ->
          "attempt %s failed; the next after %s"
              .formatted(shown(note.field("attempt")), millis(note.field("pause_ms")));
      case "not_tried_again" ->
          "attempt %s failed, and was the last".formatted(shown(note.field("attempt")));
      case "skipped" ->
          "%s is passed over: its `when` is not true (%s)"
              .formatted(note.fieldText("step"), note.fieldText("place"));
      case "dead_lettered" -> "lies in " + note.fieldText("to");
      case String other -> other;
    };
  }

  private static String member(Value member) {
    boolean isLeftOut = member.field("share") instanceof Value.Real(var share) && share <= 0;
    double calls = number(member.field("calls"));
    String failing = percent(calls == 0 ? 0 : number(member.field("failures")) / calls);
    Value score = member.field("score");
    return "%s: %s, %s %% fail%s%s"
        .formatted(
            member.fieldText("member"),
            millis(member.field("mean_ms")),
            failing,
            isThere(score) ? ", score " + number(score) : "",
            isLeftOut ? ", left out" : "");
  }

  private static boolean isThere(Value value) {
    return value != Value.Absent.ABSENT && value != Value.Null.NULL;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", share * 100);
  }

  static String fault(Value fault) {
    return fault.fieldText("code") + ": " + fault.fieldText("message");
  }

  static String millis(Value value) {
    double number = number(value);
    return number >= 1_000
        ? String.format(Locale.ROOT, "%.2f s", number / 1_000)
        : String.format(Locale.ROOT, "%.1f ms", number);
  }

  private static double number(Value value) {
    return switch (value) {
      case Value.Real(var real) -> real;
      case Value.Int(var whole) -> whole;
      case Value.Decimal(var decimal) -> decimal.doubleValue();
      default -> 0;
    };
  }

  static String shown(Value value) {
    return switch (value) {
      case Value.Int(var number) -> Long.toString(number);
      case Value.Text(var written) -> written;
      case Value.Decimal(var number) -> number.toPlainString();
      case Value.Null _ -> "";
      default -> String.valueOf(value);
    };
  }

  static List<Value> items(Value value) {
    return value instanceof Value.Items(var items) ? items : List.of();
  }

  private void line(String head, String words) {
    text.append(head).append(words).append(System.lineSeparator());
  }
}
