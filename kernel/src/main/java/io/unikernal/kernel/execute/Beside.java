package io.unikernal.kernel.execute;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What goes on beside single messages: copies for shadows, and messages that are held back. */
public final class Beside {
  private final List<Shadow> shadows = new CopyOnWriteArrayList<>();
  private final List<Gathering> gatherings = new CopyOnWriteArrayList<>();
  private final List<Several.Choose> choices = new CopyOnWriteArrayList<>();

  Beside() {}

  void add(Several.Choose choice) {
    choices.add(choice);
    choice.shadow().ifPresent(shadows::add);
  }

  void add(Gathering gathering) {
    gatherings.add(gathering);
  }

  /** Nothing new comes: copies end, and what is held goes on at once. */
  public void drain() {
    shadows.forEach(Shadow::stop);
    gatherings.forEach(Gathering::drain);
  }

  public boolean isQuiet() {
    return shadows.stream().allMatch(Shadow::isQuiet)
        && gatherings.stream().allMatch(Gathering::isQuiet);
  }

  /** In the order of the plan. */
  public List<Several.Choose> choices() {
    return List.copyOf(choices);
  }

  public List<Gathering> gatherings() {
    return List.copyOf(gatherings);
  }
}
