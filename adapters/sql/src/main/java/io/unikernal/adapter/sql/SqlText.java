package io.unikernal.adapter.sql;

import java.util.List;
import java.util.SequencedSet;
import java.util.function.IntUnaryOperator;

/**
 * One SQL statement as a definition holds it, and as the driver wants it.
 *
 * @param original as written
 * @param jdbc with {@code ?} in place of each named parameter
 * @param sites each use of a parameter, in order: one for each {@code ?}
 * @param reads whether it changes nothing
 * @param yieldsRows whether it answers with rows
 */
record SqlText(String original, String jdbc, List<Site> sites, boolean reads, boolean yieldsRows) {

  /** One {@code :name}; offsets in the original text, in chars. */
  record Site(String name, int start, int end) {}

  SqlText {
    sites = List.copyOf(sites);
  }

  /** The parameters, each once, in the order of their first use. */
  SequencedSet<String> parameters() {
    var names = new java.util.LinkedHashSet<String>();
    sites.forEach(site -> names.add(site.name()));
    return names;
  }

  /**
   * The offset in the original of a position that the database reported, where the driver had
   * written {@code $1}, {@code $2}… for the parameters.
   */
  int originalOffset(int reported) {
    return original(reported, number -> 1 + Integer.toString(number).length());
  }

  /** The offset in the original of one in {@link #jdbc}. */
  int offsetOfJdbc(int offset) {
    return original(offset, _ -> 1);
  }

  private int original(int reported, IntUnaryOperator lengthOfParameter) {
    int sent = 0;
    int written = 0;
    for (int i = 0; i < sites.size(); i++) {
      var site = sites.get(i);
      int gap = site.start() - written;
      if (reported < sent + gap) {
        break;
      }
      sent += gap;
      written = site.start();
      int length = lengthOfParameter.applyAsInt(i + 1);
      if (reported < sent + length) {
        return written;
      }
      sent += length;
      written = site.end();
    }
    return Math.min(original.length(), written + reported - sent);
  }
}
