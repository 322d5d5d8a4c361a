package io.unikernal.kernel.explain;

import io.unikernal.kernel.explain.Story.Ending;
import io.unikernal.kernel.explain.Story.Whole;
import io.unikernal.model.Fault;
import io.unikernal.model.Trace;
import io.unikernal.spi.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages whose way is remembered: the last that failed, and some of the others. That a
 * message fails is known at its end only, so each is recorded while it is on its way.
 */
public final class Stories {
  /** Of those that failed, and as many of the others; the oldest are forgotten. */
  public static final int KEPT_MAX = 1_000;

  /** One in so many of those that did not fail is kept; a power of two. */
  public static final int SAMPLED_ONE_IN = 128;

  /** What is recorded. */
  public enum Mode {
    OFF,
    /** What failed, and a sample of the rest. */
    FAILED,
    ALL
  }

  private final World world;
  private final Ring failed = new Ring();
  private final Ring others = new Ring();
  private volatile Mode mode = Mode.FAILED;
  private volatile Optional<StoryExporter> exporter = Optional.empty();

  public Stories(World world) {
    this.world = world;
  }

  public Mode mode() {
    return mode;
  }

  /** For the messages that come from now on. */
  public void record(Mode what) {
    mode = what;
  }

  /** Tells {@code somebody} of each message that is recorded, from now on. */
  public void exportTo(StoryExporter somebody) {
    exporter = Optional.of(somebody);
  }

  /** A message that has come to that operation. */
  public Span begin(String operation) {
    return mode == Mode.OFF ? Span.NONE : new Story(world, operation, exporter).root();
  }

  /** Who it is, and where its sender stands: known once it is received. */
  public static void identify(Span root, String messageId, Trace own, Trace sender) {
    root.story().ifPresent(story -> story.identify(messageId, own, sender));
  }

  /** When it came, if it is recorded. */
  public static Optional<Instant> cameAt(Span root) {
    return root.story().map(Story::at);
  }

  public static void route(Span root, String name) {
    root.story().ifPresent(story -> story.route(name));
  }

  /** How it ended; {@code fault} is that of a failure. */
  public static void end(Span root, Ending how, Optional<Fault> fault) {
    root.story()
        .ifPresent(story -> {
          fault.ifPresentOrElse(root::fail, root::end);
          story.end(how);
        });
  }

  /** Remembers it, if it is one to be remembered. */
  public void keep(Span root) {
    var found = root.story();
    if (found.isEmpty()) {
      return;
    }
    var story = found.get();
    story.exporter().ifPresent(one -> one.take(story));
    if (story.ending().isFailure()) {
      failed.add(story);
    } else if (mode == Mode.ALL || isSampled(story.messageId())) {
      others.add(story);
    }
  }

  /** By the id, so that all that knows a message keeps or forgets it together. */
  private static boolean isSampled(String messageId) {
    return (messageId.hashCode() & (SAMPLED_ONE_IN - 1)) == 0;
  }

  /** Those of that trace or message, the oldest first. */
  public List<Whole> find(String id) {
    var found = new ArrayList<Story>();
    failed.addTo(found, story -> story.isOf(id));
    others.addTo(found, story -> story.isOf(id));
    return wholes(found);
  }

  /** The last, the newest first; {@code onlyFailed} leaves the others out. */
  public List<Whole> last(int max, boolean onlyFailed) {
    var found = new ArrayList<Story>();
    failed.addTo(found, _ -> true);
    if (!onlyFailed) {
      others.addTo(found, _ -> true);
    }
    var all = new ArrayList<>(wholes(found));
    Collections.reverse(all);
    return List.copyOf(all.subList(0, Math.min(max, all.size())));
  }

  /** Of the messages of those that are recorded, the oldest first. */
  public static List<Whole> wholes(Collection<Span> roots) {
    return wholes(roots.stream().flatMap(root -> root.story().stream()).toList());
  }

  private static List<Whole> wholes(List<Story> stories) {
    return stories.stream().map(Story::whole).sorted(Comparator.comparing(Whole::at)).toList();
  }

  private static final class Ring {
    private final ReentrantLock lock = new ReentrantLock();
    private final @Nullable Story[] kept = new Story[KEPT_MAX];
    private int next;

    void add(Story story) {
      lock.lock();
      try {
        kept[next] = story;
        next = (next + 1) % KEPT_MAX;
      } finally {
        lock.unlock();
      }
    }

    void addTo(List<Story> found, Predicate<Story> wanted) {
      lock.lock();
      try {
        for (var story : kept) {
          if (story != null && wanted.test(story)) {
            found.add(story);
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
