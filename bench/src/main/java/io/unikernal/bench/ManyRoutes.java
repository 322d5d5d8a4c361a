package io.unikernal.bench;

/** A definition of any number of routes, each from a source of its own to one target. */
final class ManyRoutes {
  private ManyRoutes() {}

  static String source(int route) {
    return "hand.arrive_%05d".formatted(route);
  }

  static String text(int routes) {
    var text = new StringBuilder("udl: 7\nsystems:\n  hand:\n    type: loop\n    operations:\n");
    text.append("      leave: { accepts: any }\n");
    for (int i = 0; i < routes; i++) {
      text.append("      arrive_%05d: { receives: any }\n".formatted(i));
    }
    text.append("routes:\n");
    for (int i = 0; i < routes; i++) {
      text.append("  - { from: %s, to: hand.leave }\n".formatted(source(i)));
    }
    return text.toString();
  }
}
