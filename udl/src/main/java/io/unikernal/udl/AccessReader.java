package io.unikernal.udl;

import io.unikernal.model.Access;
import io.unikernal.model.Access.Grant;
import io.unikernal.model.Access.Identity;
import io.unikernal.model.Access.Role;
import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.Field;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.IdentityProviders;
import io.unikernal.spi.OperationRule;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.SystemTable.Declared;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads who may call what: {@code identities:} and {@code roles:}. */
final class AccessReader {
  private final Map<String, IdentityProvider> providers = IdentityProviders.installed();
  private final Definition definition;
  private final SystemTable systems;
  private final OptionReader options;
  private final ExpressionReader expressions;
  private final Diagnostics diagnostics;

  /** The roles that identities give; not all where one takes them from elsewhere. */
  private final Set<String> given = new LinkedHashSet<>();

  private boolean areAllKnown = true;

  AccessReader(
      Definition definition,
      SystemTable systems,
      OptionReader options,
      ExpressionReader expressions,
      Diagnostics diagnostics) {
    this.definition = definition;
    this.systems = systems;
    this.options = options;
    this.expressions = expressions;
    this.diagnostics = diagnostics;
  }

  Access read() {
    int before = diagnostics.errors();
    var identities = new ArrayList<Identity>();
    definition.identities.values().forEach(entry -> identity(entry).ifPresent(identities::add));
    var roles = new ArrayList<Role>();
    definition.roles.values().forEach(entry -> role(entry).ifPresent(roles::add));
    var access = new Access(identities, roles);
    if (diagnostics.errors() == before && !access.isOpen()) {
      warnUnused(access);
      warnClosed(access);
    }
    return access;
  }

  /** Empty if it is wrong, which is reported. */
  private Optional<Identity> identity(Entry entry) {
    int before = diagnostics.errors();
    String what = "identity `" + entry.name() + "`";
    Optional<Mapping> mapping = Vocabulary.mapping(entry.value(), what, diagnostics);
    Optional<IdentityProvider> provider = mapping.flatMap(found -> provider(found, entry));
    if (provider.isEmpty()) {
      areAllKnown = false;
      return Optional.empty();
    }
    IdentityProvider.Spec spec = provider.get().spec();
    var keys = new ArrayList<>(Grammar.IDENTITY.keys());
    keys.addAll(1, spec.options().names());
    Vocabulary.of("an identity of type " + spec.name(), keys, List.of())
        .check(mapping.get(), diagnostics);
    new ClearText(diagnostics).check(entry.name(), mapping.get(), spec.options());
    Optional<Config> config =
        options
            .read(mapping.get(), spec.options(), entry.key().place(), what)
            .map(found -> withExpressions(found, mapping.get(), spec));
    if (config.isEmpty() || diagnostics.errors() > before) {
      areAllKnown = false;
      return Optional.empty();
    }
    List<OperationRule.Problem> problems = provider.get().problems(config.get());
    problems.forEach(problem -> report(problem, mapping.get(), entry));
    Optional<Set<String>> gives = provider.get().roles(config.get());
    gives.ifPresent(given::addAll);
    areAllKnown &= gives.isPresent();
    gives.ifPresent(roles -> roles.forEach(role -> checkRole(role, mapping.get())));
    return problems.isEmpty()
        ? Optional.of(
            new Identity(entry.name(), spec.name(), config.get(), entry.key().place().origin()))
        : Optional.empty();
  }

  private Optional<IdentityProvider> provider(Mapping mapping, Entry entry) {
    Optional<Node> type = mapping.get("type");
    if (type.isEmpty()) {
      if (!Vocabulary.isMisspelt(mapping, "type", Grammar.IDENTITY.keys())) {
        diagnostics
            .error(
                Code.MISSING_KEY,
                entry.key().place(),
                "identity `" + entry.name() + "` needs `type`")
            .label("one of " + Suggestions.list(providers.keySet()))
            .write("type: api_key");
      } else {
        Grammar.IDENTITY.checkMisspelt(mapping, "type", diagnostics);
      }
      return Optional.empty();
    }
    Optional<Scalar> name = Vocabulary.text(type.get(), "`type`", diagnostics);
    Optional<IdentityProvider> found =
        name.flatMap(scalar -> Optional.ofNullable(providers.get(scalar.text())));
    if (name.isPresent() && found.isEmpty()) {
      Suggestions.offer(
          diagnostics.error(
              Code.UNKNOWN_IDENTITY_TYPE,
              name.get().place(),
              "there is no kind of identity `" + name.get().text() + "`"),
          name.get().place(),
          name.get().text(),
          providers.keySet());
    }
    return found;
  }

  /** What is computed for each sender sees what it shows, and nothing else. */
  private Config withExpressions(Config read, Mapping mapping, IdentityProvider.Spec spec) {
    var values = new LinkedHashMap<Field<?>, Object>(read.values());
    for (Field<?> field : spec.options().fields()) {
      Optional<Node> written = mapping.get(field.name()).filter(_ -> field.isExpression());
      if (written.isPresent()) {
        var claims = new Variables();
        claims.put("claims", Type.Simple.ANY, Frame.INPUT, Optional.empty());
        values.put(field, expressions.read(written.get(), claims, Type.Simple.ANY));
      }
    }
    return new Config(values);
  }

  private void report(OperationRule.Problem problem, Mapping mapping, Entry entry) {
    Optional<Node> node =
        problem.field().isEmpty() ? Optional.empty() : at(mapping, problem.field());
    node.filter(_ -> problem.field().endsWith("hash"))
        .ifPresent(it -> diagnostics.hide(it.place()));
    diagnostics
        .error(
            Code.IDENTITY_REFUSED,
            node.map(Node::place).orElse(entry.key().place()),
            problem.message())
        .hint(problem.hint());
  }

  /** The node at {@code keys.1.hash}; one stands for a list of one. */
  private static Optional<Node> at(Node root, String path) {
    Node node = root;
    for (String part : path.split("\\.", -1)) {
      boolean isIndex = Character.isDigit(part.charAt(0));
      Optional<Node> next =
          switch (node) {
            case Mapping mapping -> isIndex ? Optional.of(mapping) : mapping.get(part);
            case Sequence list when isIndex && Integer.parseInt(part) < list.items().size() ->
                Optional.of(list.items().get(Integer.parseInt(part)));
            case Sequence _, Scalar _ -> Optional.empty();
          };
      if (next.isEmpty()) {
        return Optional.empty();
      }
      node = next.get();
    }
    return Optional.of(node);
  }

  private void checkRole(String role, Mapping identity) {
    if (definition.roles.containsKey(role)) {
      return;
    }
    for (Scalar written : written(identity, role, false)) {
      Suggestions.offer(
          diagnostics
              .error(Code.UNKNOWN_ROLE, written.place(), "there is no role `" + role + "`")
              .write("roles: { " + role + ": { may: [system.operation] } }"),
          written.place(),
          role,
          definition.roles.keySet());
    }
  }

  /** Where a role stands under {@code roles:}, however deep. */
  private static List<Scalar> written(Node node, String role, boolean isBelow) {
    return switch (node) {
      case Scalar scalar -> isBelow && scalar.text().equals(role) ? List.of(scalar) : List.of();
      case Sequence list ->
          list.items().stream().flatMap(item -> written(item, role, isBelow).stream()).toList();
      case Mapping mapping ->
          mapping.entries().stream()
              .flatMap(entry ->
                  written(entry.value(), role, isBelow || entry.name().equals("roles")).stream())
              .toList();
    };
  }

  private Optional<Role> role(Entry entry) {
    int before = diagnostics.errors();
    Optional<Mapping> mapping = Grammar.ROLE.read(entry.value(), diagnostics);
    if (mapping.isEmpty()) {
      return Optional.empty();
    }
    List<Grant> may = grants(mapping.get(), "may");
    List<Grant> not = grants(mapping.get(), "not");
    var workers = new LinkedHashSet<String>();
    for (Scalar system : texts(mapping.get(), "workers")) {
      if (systems.byName().containsKey(system.text())) {
        workers.add(system.text());
      } else {
        Suggestions.offer(
            diagnostics.error(
                Code.UNKNOWN_SYSTEM, system.place(), "there is no system `" + system.text() + "`"),
            system.place(),
            system.text(),
            systems.names());
      }
    }
    return diagnostics.errors() > before
        ? Optional.empty()
        : Optional.of(new Role(entry.name(), may, not, workers, entry.key().place().origin()));
  }

  private List<Scalar> texts(Mapping mapping, String key) {
    Optional<Node> node = mapping.get(key).filter(found -> !found.isNull());
    if (node.isEmpty()) {
      return List.of();
    }
    List<Node> items = node.get() instanceof Sequence list ? list.items() : List.of(node.get());
    return items.stream()
        .flatMap(item -> Vocabulary.text(item, "an item of `" + key + "`", diagnostics).stream())
        .toList();
  }

  private List<Grant> grants(Mapping mapping, String key) {
    var grants = new ArrayList<Grant>();
    for (Scalar written : texts(mapping, key)) {
      var grant = new Grant(written.text(), written.place().origin());
      if (isKnown(grant)) {
        grants.add(grant);
        continue;
      }
      boolean isPattern = grant.pattern().contains("*");
      String wrong =
          isPattern
              ? "no operation matches `" + grant.pattern() + "`"
              : "there is no operation `" + grant.pattern() + "`";
      Suggestions.offer(
          diagnostics.error(Code.UNKNOWN_GRANT, written.place(), wrong),
          written.place(),
          grant.pattern(),
          isPattern ? patterns() : operations());
    }
    return grants;
  }

  private boolean isKnown(Grant grant) {
    if (grant.pattern().equals(Grant.ALL)) {
      return true;
    }
    for (Declared system : systems.all()) {
      // Of a system whose operations are not all known, any may be there.
      boolean isUnclear =
          (system.isOpen || system.isBroken || !system.broken.isEmpty())
              && new Grant(grant.pattern().replaceFirst("\\..*", ""), grant.origin())
                  .covers(system.name());
      boolean isCovered =
          system.operations.values().stream().anyMatch(op -> grant.covers(op.operation().id()));
      if (isUnclear || isCovered) {
        return true;
      }
    }
    return false;
  }

  private List<String> operations() {
    var all = new ArrayList<String>();
    systems
        .all()
        .forEach(system -> system.operations.values().forEach(op -> all.add(op.operation().id())));
    return all;
  }

  private List<String> patterns() {
    var all = new ArrayList<>(List.of(Grant.ALL));
    systems.names().forEach(name -> all.add(name + ".*"));
    return all;
  }

  /** A role that nobody can have. */
  private void warnUnused(Access access) {
    for (Role role : access.roles()) {
      boolean isGiven =
          !areAllKnown
              || role.name().equals(Access.ANONYMOUS)
              || !role.workers().isEmpty()
              || given.contains(role.name());
      Optional<Entry> declared = Optional.ofNullable(definition.roles.get(role.name()));
      if (!isGiven && declared.isPresent()) {
        diagnostics
            .warning(
                Code.UNUSED_ROLE,
                declared.get().key().place(),
                "nobody has the role `" + role.name() + "`")
            .label("no identity gives it, and no worker has it");
      }
    }
  }

  /** An operation that receives, and that nobody may send to. */
  private void warnClosed(Access access) {
    for (Declared system : systems.all()) {
      for (SystemTable.Op op : system.operations.values()) {
        Operation operation = op.operation();
        boolean isAsked =
            operation.direction() == Operation.Direction.RECEIVES
                && operation.capabilities().contains(Capability.REPLIES);
        if (isAsked && access.permitted(operation.id()).isEmpty()) {
          String role =
              access.roles().stream().map(Role::name).findFirst().orElse(Access.ANONYMOUS);
          diagnostics
              .warning(Code.NOBODY_MAY, op.place(), "nobody may call `" + operation.id() + "`")
              .label("no role grants it")
              .write("roles: { " + role + ": { may: [" + operation.id() + "] } }");
        }
      }
    }
  }
}
