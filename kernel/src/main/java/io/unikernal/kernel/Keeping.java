package io.unikernal.kernel;

import io.unikernal.kernel.execute.Engine;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.kernel.step.Entry;
import io.unikernal.kernel.step.Resend;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Outcome;
import io.unikernal.model.Route;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a kernel keeps in its store: the outbox of each durable route, and dead letters. */
final class Keeping {
  private static final String OUTBOX = "outbox ";
  private final World world;
  private final Listener listener;
  private final StateStore state;
  private final Resend resend;
  private final Letters letters;
  private final Making making;
  private final Map<String, Outbox> outboxes = new ConcurrentSkipListMap<>();
  private final List<Outbox> leaving = new CopyOnWriteArrayList<>();
  private volatile Map<String, Outbox.Place> places = Map.of();
  private final Set<Long> replaying = ConcurrentHashMap.newKeySet();

  /** Makes an outbox; tests make a broken one. */
  @FunctionalInterface
  interface Making {
    Outbox make(Outbox.Parts parts, Outbox.Order order);
  }

  Keeping(Site site, Listener listener, Engine engine, Stories stories, Making making) {
    world = site.world();
    this.listener = listener;
    this.making = making;
    state = site.state();
    resend = new Resend(world, listener, engine, stories);
    letters = new Letters(state);
  }

  /**
   * What a plan keeps, before it runs: nothing that runs knows of it until it is {@link #adopt
   * adopted}.
   */
  final class Draft {
    private record Own(Outbox outbox, Route.Durable settings) {}

    private final Map<String, Own> own = new LinkedHashMap<>();

    /**
     * What takes the route's messages over, if it is durable: what does so already, where it does.
     *
     * @throws FaultException REJECTED for what cannot change while messages wait
     */
    Optional<Entry.Keeper> keeper(Route route) {
      return route
          .handling()
          .durable()
          .map(durable -> {
            var order = Outbox.Order.of(route);
            var outbox = outboxes.get(route.name());
            if (outbox == null) {
              outbox = make(route, durable, order);
            } else if (outbox.order() != order) {
              throw Fault.of(
                      Fault.Code.REJECTED,
                      "the route `%s` is %s now, and messages wait in its outbox"
                          .formatted(route.name(), order.text()),
                      "give it another name, or restart")
                  .toException();
            }
            own.put(route.name(), new Own(outbox, durable));
            return outbox;
          });
    }

    private Outbox make(Route route, Route.Durable durable, Outbox.Order order) {
      var parts =
          new Outbox.Parts(
              world,
              listener,
              resend,
              durable,
              state.journal(OUTBOX + route.name()),
              state.table("inbox " + route.name()),
              letters);
      return making.make(parts, order);
    }

    /** Where the route's dead letters are kept, if they are. */
    Optional<Entry.LetterBox> letterBox(Route route) {
      return route.handling().keepsLetters()
          ? Optional.of(letter -> letters.put(letter, route.from().input()))
          : Optional.empty();
    }
  }

  Draft draft() {
    return new Draft();
  }

  /**
   * From now on messages are carried to these entries. Finds what an earlier run has left for
   * routes that are new; those that are no more begin nothing. Not started yet is what was not.
   */
  void adopt(Draft draft, List<Entry> entries, InFlight inFlight) {
    var leads = new LinkedHashMap<String, Outbox.Place>();
    for (var entry : entries) {
      for (var lane : entry.lanes()) {
        leads.put(lane.route().name(), new Outbox.Place(entry, lane, inFlight));
      }
    }
    places = Collections.unmodifiableMap(leads);
    draft.own.forEach((name, own) -> {
      var place = Objects.requireNonNull(leads.get(name));
      if (own.outbox().isLoaded()) {
        own.outbox().lead(place, own.settings());
      } else {
        own.outbox().load(place);
        outboxes.put(name, own.outbox());
      }
    });
    Map.copyOf(outboxes)
        .forEach((name, outbox) -> {
          if (!draft.own.containsKey(name)) {
            outboxes.remove(name);
            outbox.stop();
            leaving.add(outbox);
          }
        });
    reportOrphans();
  }

  /** Says which messages wait for a route that is not there any more: nothing carries them. */
  private void reportOrphans() {
    if (outboxes.isEmpty()) {
      return; // or the store would be opened for a definition that keeps nothing
    }
    for (String name : state.journals()) {
      if (name.startsWith(OUTBOX) && !outboxes.containsKey(name.substring(OUTBOX.length()))) {
        long count = state.journal(name).size();
        listener.on(
            new Listener.Event.SourceFailed(
                name.substring(OUTBOX.length()),
                Fault.of(
                    Fault.Code.NO_ROUTE,
                    count
                        + " messages wait in the outbox of this route, and the definition has it"
                        + " no more, or not as durable")));
      }
    }
  }

  /** Those that do not run yet. */
  void start() {
    outboxes.values().stream().filter(outbox -> !outbox.isStarted()).forEach(Outbox::start);
  }

  void stop() {
    outboxes.values().forEach(Outbox::stop);
  }

  boolean isStopped() {
    leaving.removeIf(Outbox::isStopped);
    return leaving.isEmpty() && outboxes.values().stream().allMatch(Outbox::isStopped);
  }

  Letters letters() {
    return letters;
  }

  /**
   * Carries a dead letter to where its route leads now. It leaves the store only when it is
   * delivered; a letter that two replay at once is carried once.
   *
   * @return what it failed with again; empty if it is delivered, or is gone
   */
  Optional<Fault> replay(Letters.Stored letter) {
    if (letter.isMasked()) {
      return refused("its labelled values were masked: it can be looked at, and dropped");
    }
    var place = places.get(letter.route());
    if (place == null) {
      return Optional.of(
          Fault.of(Fault.Code.NO_ROUTE, "the definition has no route `" + letter.route() + "`"));
    }
    if (!replaying.add(letter.number())) {
      return refused("somebody else replays it");
    }
    try {
      return replay(letter, place);
    } catch (FaultException e) {
      return Optional.of(e.fault());
    } finally {
      replaying.remove(letter.number());
    }
  }

  private static Optional<Fault> refused(String why) {
    return Optional.of(Fault.of(Fault.Code.REJECTED, why));
  }

  private Optional<Fault> replay(Letters.Stored letter, Outbox.Place place) {
    var type = place.entry().operation().input();
    var message = letter.message(place.entry().id(), type);
    if (letters.find(letter.number()).isEmpty()) {
      return Optional.empty(); // delivered or dropped since it was listed
    }
    var scope = Scope.unbound();
    var transit =
        resend.open(
            place.entry(),
            place.lane(),
            message,
            Kept.receivedAt(letter.fields()),
            letter.attempts(),
            scope);
    place.lane().ledger().received();
    var number = place.inFlight().begin(scope);
    Optional<Outcome> outcome;
    try {
      outcome = resend.carry(transit);
    } finally {
      place.inFlight().end(number);
    }
    var how =
        outcome.orElseGet(
            () -> new Outcome.Failed(Fault.of(Fault.Code.CANCELLED, "the kernel stops")));
    return switch (how) {
      case Outcome.Done _ -> {
        place.lane().ledger().delivered();
        letters.remove(letter.number());
        yield Optional.empty();
      }
      case Outcome.Dropped _ -> {
        place.lane().ledger().dropped();
        letters.remove(letter.number());
        yield Optional.empty();
      }
      case Outcome.Failed(var fault) -> {
        place.lane().ledger().deadLettered();
        if (outcome.isPresent()) {
          letters.replace(letter.number(), resend.letter(transit, fault), type);
        }
        yield Optional.of(fault);
      }
    };
  }
}
