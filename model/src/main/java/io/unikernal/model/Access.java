package io.unikernal.model;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who may call what: how a caller proves who it is, and what each role may. A definition that says
 * nothing of either is open to all; one that says anything is closed but for what a role grants.
 * What a route does for a message that was let in is the definition's own business: the grants are
 * for callers, those outside and the functions of workers.
 *
 * @param identities in the order in which they are asked
 */
public record Access(List<Identity> identities, List<Role> roles) {
  public static final Access OPEN = new Access(List.of(), List.of());

  /** The role of everybody, known or not: what it may, all may. */
  public static final String ANONYMOUS = "anonymous";

  public Access {
    identities = List.copyOf(identities);
    roles = List.copyOf(roles);
  }

  /** Whether nothing is asked of anybody. */
  public boolean isOpen() {
    return identities.isEmpty() && roles.isEmpty();
  }

  /**
   * One way to prove who one is.
   *
   * @param provider the name of its {@code type}
   */
  public record Identity(String name, String provider, Config config, Origin origin) {}

  /**
   * What those who have it may: what one of {@code may} covers and none of {@code not}. Roles only
   * add up: who has two may what either grants.
   *
   * @param workers the systems whose own calls have it
   */
  public record Role(
      String name, List<Grant> may, List<Grant> not, Set<String> workers, Origin origin) {
    public boolean permits(String operation) {
      return may.stream().anyMatch(grant -> grant.covers(operation))
          && not.stream().noneMatch(grant -> grant.covers(operation));
    }
  }

  /** The name of an operation, {@code *} for all, or with {@code *} for a part of a name. */
  public record Grant(String pattern, Origin origin) {
    public static final String ALL = "*";

    /** A star stands for any letters but the dot. */
    public boolean covers(String operation) {
      return pattern.equals(ALL) || matches(pattern, operation);
    }

    private static boolean matches(String pattern, String text) {
      int p = 0;
      int t = 0;
      int star = -1;
      int begun = 0;
      while (t < text.length()) {
        if (p < pattern.length() && pattern.charAt(p) == '*') {
          star = p++;
          begun = t;
        } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
          p++;
          t++;
        } else if (star >= 0 && text.charAt(begun) != '.') {
          p = star + 1;
          t = ++begun;
        } else {
          return false;
        }
      }
      return pattern.substring(p).chars().allMatch(c -> c == '*');
    }
  }

  /** The roles that may call an operation; {@link #ANONYMOUS} among them where everybody may. */
  public Set<String> permitted(String operation) {
    var names = new LinkedHashSet<String>();
    for (Role role : roles) {
      if (role.permits(operation)) {
        names.add(role.name());
      }
    }
    return names;
  }

  /** The roles of the calls that a system makes by itself. */
  public Set<String> rolesOfWorker(String system) {
    var names = new LinkedHashSet<String>();
    for (Role role : roles) {
      if (role.workers().contains(system)) {
        names.add(role.name());
      }
    }
    return names;
  }
}
