package io.unikernal.kernel;

import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.kernel.step.Passage;
import io.unikernal.kernel.step.Saboteurs;
import io.unikernal.model.Access;
import io.unikernal.model.Body;
import io.unikernal.model.Config;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Plan;
import io.unikernal.model.Principal;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who is let in: by the real kernel, in virtual time. */
class AdmissionTest {
  private static final Fault.Code NOBODY = Fault.Code.UNAUTHENTICATED;
  private final SimWorld world = new SimWorld(1);
  private final Def def = new Def();
  private final FakeIdentities provider = new FakeIdentities();
  private final List<Listener.Event> events = new ArrayList<>();
  private final List<Access.Role> roles = new ArrayList<>();
  private final Map<String, Fakes.Push> servers = new LinkedHashMap<>();
  private boolean hasIdentity = true;

  private void role(String name, List<String> may, List<String> not, String... workers) {
    roles.add(new Access.Role(name, grants(may), grants(not), Set.of(workers), Def.HERE));
  }

  private static List<Access.Grant> grants(List<String> patterns) {
    return patterns.stream().map(pattern -> new Access.Grant(pattern, Def.HERE)).toList();
  }

  private Operation server(String id) {
    var push = new Fakes.Push();
    servers.put(id, push);
    return def.receives(id, push);
  }

  private Access access() {
    return new Access(
        hasIdentity
            ? List.of(
                new Access.Identity("first", "fake", Config.EMPTY, Def.HERE),
                new Access.Identity("second", "fake", Config.EMPTY, Def.HERE))
            : List.of(),
        roles);
  }

  private void running(SimulatedKernel.Scenario body) {
    running(Passage::new, body);
  }

  private void running(Kernel.PassageMaker passages, SimulatedKernel.Scenario body) {
    world.run(() -> {
      var open = def.plan();
      var plan =
          new Plan(
              open.file(),
              open.stateDir(),
              open.systems(),
              open.pipelines(),
              open.routes(),
              access());
      var site = new Site(world, events::add, new MemoryState(world), Map.of("fake", provider));
      var kernel = Kernel.open(plan, def.adapters(), site, passages);
      kernel.start();
      body.run(kernel);
      assertThat(kernel.drain(Duration.ofSeconds(1)).isBalanced()).isTrue();
    });
    assertThat(world.liveThreads()).isZero();
  }

  private Fakes.Sent send(String operation, String who) {
    return send(operation, who, Body.of(text("x")));
  }

  private Fakes.Sent send(String operation, String who, Body body) {
    var headers = new LinkedHashMap<String, String>();
    if (!who.isEmpty()) {
      headers.put("who", who);
    }
    // What a source says of who sends is nobody's proof.
    var said =
        Message.received(operation, headers, body, Trace.NONE)
            .withPrincipal(new Principal("root", Set.of("admin")));
    return java.util.Objects.requireNonNull(servers.get(operation)).send(new From(said));
  }

  private static final class From extends Fakes.Sent {
    From(Message message) {
      super(message);
    }

    @Override
    public Sender sender() {
      return new Sender(message.headers(), List.of(), "10.0.0.7:1234");
    }
  }

  private List<Listener.Event.Refused> refusals() {
    return events.stream()
        .filter(Listener.Event.Refused.class::isInstance)
        .map(Listener.Event.Refused.class::cast)
        .toList();
  }

  @Test
  void eachCallerIsLetInByItsRolesAndTheOthersAreToldNothing() {
    def.route(server("web.list"), def.called("db.list", Fakes.Worker.echo()));
    def.route(server("web.drop"), def.called("db.drop", Fakes.Worker.echo()));
    role("reader", List.of("web.list"), List.of());
    role("admin", List.of("*"), List.of("web.drop"));
    running(kernel -> {
      assertThat(send("web.list", "ann:reader").reply()).isEqualTo(text("x"));
      assertThat(send("web.list", "bob:admin").reply()).isEqualTo(text("x"));
      for (String who : List.of("ann:reader", "bob:admin", "cyd", "dan:reader,admin")) {
        assertThat(send("web.drop", who).fault())
            .isEqualTo(Fault.of(Fault.Code.FORBIDDEN, "the caller may not do this"));
      }
      for (String who : List.of("", "bad", "foreign", "breaks")) {
        assertThat(send("web.list", who).fault())
            .isEqualTo(Fault.of(NOBODY, "the caller did not prove who it is"));
      }
    });
    assertThat(refusals()).hasSize(8);
    var first = refusals().getFirst();
    assertThat(first.operation()).isEqualTo("web.drop");
    assertThat(first.who().name()).isEqualTo("ann");
    assertThat(first.address()).isEqualTo("10.0.0.7:1234");
    assertThat(first.why()).isEqualTo("`ann` has the roles `reader`, and `web.drop` is for nobody");
    assertThat(first.origin()).isEqualTo(Def.HERE);
    assertThat(first.traceId()).hasSize(32);
    assertThat(refusals().stream().map(Listener.Event.Refused::why))
        .contains(
            "`first`: it is bad",
            "`first`: it is another's; `second`: it is another's",
            "`first`: its provider failed: java.lang.IllegalStateException: broken");
    assertThat(provider.opened).isEqualTo(2);
    assertThat(provider.closed).isEqualTo(2);
  }

  @Test
  void whatEverybodyMayTheUnknownMayButNotWhoShowsABadProof() {
    def.route(server("web.health"), def.called("db.list", Fakes.Worker.echo()));
    role(Access.ANONYMOUS, List.of("web.health"), List.of());
    running(kernel -> {
      assertThat(send("web.health", "").reply()).isEqualTo(text("x"));
      assertThat(send("web.health", "cyd").reply()).isEqualTo(text("x"));
      assertThat(send("web.health", "bad").fault().code()).isEqualTo(NOBODY);
      assertThat(send("web.health", "foreign").fault().code()).isEqualTo(NOBODY);
    });
  }

  @Test
  void noBodyIsDecodedBeforeTheCallerIsLetIn() {
    def.route(server("web.list"), def.called("db.list", Fakes.Worker.echo()));
    role("reader", List.of("web.list"), List.of());
    var decoded = new ArrayList<String>();
    running(kernel -> {
      for (String who : List.of("", "bad", "cyd", "ann:reader")) {
        send(
                "web.list",
                who,
                Body.lazy(() -> {
                  decoded.add(who);
                  return text("x");
                }))
            .await();
      }
    });
    assertThat(decoded).containsExactly("ann:reader");
  }

  @Test
  void expressionsSeeWhoItIsAndByWhichIdentity() {
    var worker = Fakes.Worker.echo();
    def.route(server("web.list"), def.called("db.list", worker));
    role("reader", List.of("web.list"), List.of());
    running(kernel -> send("web.list", "ann:reader").reply());
    assertThat(worker.calls.getFirst().principal())
        .isEqualTo(new Principal("ann", Set.of("reader"), "first", Value.Dict.EMPTY));
  }

  @Test
  void aWorkerCallsAsItselfAndOnlyWhatItsRoleGrants() {
    var echo = Fakes.Worker.echo();
    def.route(server("web.list"), def.called("db.list", echo));
    def.called("db.drop", Fakes.Worker.echo());
    def.called("py.run", Fakes.Worker.echo());
    role("tools", List.of("db.list", "web.list"), List.of(), "py");
    running(kernel -> {
      var caller =
          def.contexts.stream()
              .filter(context -> context.name().equals("py"))
              .findFirst()
              .orElseThrow()
              .caller();
      for (String operation : List.of("db.list", "web.list")) {
        assertThat(caller.call(operation, text("y"), Deadline.NONE, Optional.empty()).body())
            .isEqualTo(text("y"));
      }
      for (String operation : List.of("db.drop", "py.run", "no.where")) {
        assertThat(
                catchThrowableOfType(
                        FaultException.class,
                        () -> caller.call(operation, text("y"), Deadline.NONE, Optional.empty()))
                    .fault())
            .isEqualTo(Fault.of(Fault.Code.FORBIDDEN, "the caller may not do this"));
      }
      // Who runs the kernel may everything.
      assertThat(kernel.call("db.drop", text("z"), Deadline.NONE, Optional.empty()).body())
          .isEqualTo(text("z"));
    });
    assertThat(echo.calls).extracting(call -> call.principal().name()).containsOnly("worker:py");
    assertThat(refusals()).extracting(event -> event.who().name()).containsOnly("worker:py");
  }

  @Test
  void rolesWithoutIdentitiesBindToo() {
    hasIdentity = false;
    def.route(server("web.list"), def.called("db.list", Fakes.Worker.echo()));
    role("tools", List.of("web.list"), List.of(), "db");
    running(kernel ->
        assertThat(send("web.list", "ann:tools").fault().code()).isEqualTo(Fault.Code.FORBIDDEN));
  }

  @Test
  void withoutIdentitiesAndRolesNobodyIsAskedAndNobodyBelieved() {
    hasIdentity = false;
    var worker = Fakes.Worker.echo();
    def.route(server("web.list"), def.called("db.list", worker));
    running(kernel -> send("web.list", "bad").reply());
    assertThat(worker.calls.getFirst().principal()).isEqualTo(Principal.ANONYMOUS);
    assertThat(refusals()).isEmpty();
  }

  @Test
  void whatASourceThatIsAskedBringsNeedsNoGrant() {
    var given = new java.util.concurrent.LinkedBlockingQueue<Fakes.Sent>();
    var in =
        def.receives(
            "clock.tick",
            (Endpoint.PullSource) max -> given.isEmpty() ? List.of() : List.of(given.take()));
    def.route(in, def.called("db.list", Fakes.Worker.echo()));
    role("reader", List.of("db.list"), List.of());
    var tick = new Fakes.Sent(Fakes.Sent.message("clock.tick", Body.of(text("t"))));
    given.add(tick);
    running(kernel -> assertThat(tick.await()).isInstanceOf(Outcome.Done.class));
  }

  /**
   * Goal: once there are identities, nothing is reached without a grant. Method: random roles over
   * all operations of a definition, each operation tried by each set of roles, from outside and by
   * a worker, held against the words of the rule.
   */
  private int unrightful(Kernel.PassageMaker passages, long seed) {
    var random = new Random(seed);
    var all = List.of("web.a", "web.b", "web.ab", "api.a", "db.a", "db.b");
    for (String id : all.subList(0, 4)) {
      def.route(server(id), def.called("db." + id.replace('.', '_'), Fakes.Worker.echo()));
    }
    def.called("db.a", Fakes.Worker.echo());
    def.called("db.b", Fakes.Worker.echo());
    def.called("py.run", Fakes.Worker.echo());
    var patterns = new ArrayList<>(all);
    patterns.addAll(List.of("*", "web.*", "web.a*", "*.a", "db.*", "*.*b"));
    for (String name : List.of("one", "two", Access.ANONYMOUS)) {
      if (random.nextInt(4) > 0) {
        role(
            name,
            some(patterns, random),
            some(patterns, random),
            random.nextBoolean() ? "py" : "web");
      }
    }
    int[] wrong = new int[1];
    running(
        passages,
        kernel -> {
          for (String id : all) {
            for (Set<String> has :
                List.of(Set.<String>of(), Set.of("one"), Set.of("two"), Set.of("one", "two"))) {
              if (servers.containsKey(id)) {
                String who = has.isEmpty() ? "cyd" : "cyd:" + String.join(",", has);
                boolean isIn = send(id, who).await() instanceof Outcome.Done;
                wrong[0] += isIn == isRightful(has, id) ? 0 : 1;
              }
            }
            var own = new LinkedHashSet<String>();
            roles.stream()
                .filter(role -> role.workers().contains("py"))
                .forEach(role -> own.add(role.name()));
            var caller =
                def.contexts.stream()
                    .filter(c -> c.name().equals("py"))
                    .findFirst()
                    .orElseThrow()
                    .caller();
            boolean isIn = true;
            try {
              caller.call(id, text("y"), Deadline.NONE, Optional.empty());
            } catch (FaultException e) {
              isIn = e.fault().code() != Fault.Code.FORBIDDEN;
            }
            wrong[0] += isIn == isRightful(own, id) ? 0 : 1;
          }
        });
    return wrong[0];
  }

  private static List<String> some(List<String> patterns, Random random) {
    return patterns.stream().filter(_ -> random.nextInt(6) == 0).toList();
  }

  /** The rule in words: some role of his, or everybody's, grants it and does not except it. */
  private boolean isRightful(Set<String> has, String operation) {
    return roles.stream()
        .filter(role -> has.contains(role.name()) || role.name().equals("anonymous"))
        .anyMatch(role ->
            role.may().stream().anyMatch(grant -> matches(grant.pattern(), operation))
                && role.not().stream().noneMatch(grant -> matches(grant.pattern(), operation)));
  }

  private static boolean matches(String pattern, String operation) {
    return pattern.equals("*")
        || operation.matches(pattern.replace(".", "\\.").replace("*", "[^.]*"));
  }

  @Test
  void noOperationIsReachedWithoutAGrant() {
    for (long seed = 0; seed < 60; seed++) {
      assertThat(new AdmissionTest().unrightful(Passage::new, seed)).as("seed " + seed).isZero();
    }
  }

  @Test
  void aKernelThatLetsAllInOrBelievesItsSourcesIsCaught() {
    int[] caught = new int[2];
    for (long seed = 0; seed < 10; seed++) {
      caught[0] += new AdmissionTest().unrightful(Saboteurs::letsAllIn, seed);
      caught[1] += new AdmissionTest().unrightful(Saboteurs::believesSources, seed);
    }
    assertThat(caught[0]).isPositive();
    assertThat(caught[1]).isPositive();
  }
}
