package io.unikernal.udl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many things need each other in a row, whatever the order in which they are declared. */
final class Chains {
  private Chains() {}

  /**
   * Those where a chain becomes longer than {@code max}: what needs these begins anew. What stands
   * in a circle, or needs one, is in no chain.
   */
  static Set<String> longer(Map<String, Set<String>> needs, int max) {
    var open = new HashMap<String, Integer>();
    var users = new HashMap<String, List<String>>();
    var ready = new ArrayDeque<String>();
    needs.forEach((name, needed) -> {
      needed.forEach(other -> users.computeIfAbsent(other, _ -> new ArrayList<>()).add(name));
      open.put(name, needed.size());
      if (needed.isEmpty()) {
        ready.add(name);
      }
    });
    var lengths = new HashMap<String, Integer>();
    var longer = new LinkedHashSet<String>();
    while (!ready.isEmpty()) {
      String name = ready.remove();
      int length = lengths.getOrDefault(name, 0) + 1;
      if (length > max) {
        longer.add(name);
        length = 0;
      }
      for (String user : users.getOrDefault(name, List.of())) {
        lengths.merge(user, length, Math::max);
        if (open.merge(user, -1, Integer::sum) == 0) {
          ready.add(user);
        }
      }
    }
    return longer;
  }
}
