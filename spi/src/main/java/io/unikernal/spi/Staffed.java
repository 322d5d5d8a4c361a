package io.unikernal.spi;

import java.util.List;
import java.util.OptionalLong;

/** A system whose calls are done by processes of others. */
public interface Staffed {
  /**
   * One of them.
   *
   * @param pid empty where it is not known, as of one that has joined
   * @param calls under way there
   * @param trouble why it does no calls; empty if it does
   * @param starts how often it was started; 0 for one that has joined
   */
  record Member(
      String name, OptionalLong pid, int calls, int callsMax, String trouble, int starts) {}

  List<Member> members();
}
