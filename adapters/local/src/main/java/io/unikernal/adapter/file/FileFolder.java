package io.unikernal.adapter.file;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An open folder. */
final class FileFolder implements OpenSystem {
  private final SystemContext context;
  private final Path path;
  private final Root root;
  private final List<FileSource> sources = new CopyOnWriteArrayList<>();

  FileFolder(SystemContext context) {
    this.context = context;
    path = path(context.name(), context.config());
    try {
      root = Root.open(path);
    } catch (IOException error) {
      throw FileFaults.of(error, String.valueOf(path.getFileName())).toException(error);
    }
  }

  static Path path(String system, Config config) {
    return config
        .find(FileAdapter.PATH)
        .or(() -> config.find(FileAdapter.CONNECTION))
        .orElseThrow(() ->
            Fault.of(
                    Fault.Code.INVALID,
                    system + " does not say which folder it is",
                    "write path: ./outbox")
                .toException());
  }

  @Override
  public Endpoint bind(Operation operation) {
    var options = operation.options();
    for (var form : FileRule.FORMS) {
      if (options.has(form)) {
        return bind(operation, form.name(), options.get(form));
      }
    }
    throw Fault.of(Fault.Code.INVALID, operation.id() + " has nothing to do with files")
        .toException();
  }

  private Endpoint bind(Operation operation, String form, String text) {
    Config options = operation.options();
    return switch (form) {
      case "append" -> new FileTarget.Appending(root, text, content(options, operation.input()));
      case "write" ->
          new FileTarget.Writing(
              root, FileName.of(text), content(options, operation.input()), context.world());
      case "read" ->
          new FileDuplex.Reading(
              root, FileName.of(text), operation.output(), content(options, operation.output()));
      case "list" -> new FileDuplex.Listing(root, text);
      default -> {
        var source = new FileSource(context, root, operation);
        sources.add(source);
        yield source;
      }
    };
  }

  private Content content(Config options, Type type) {
    return Content.of(options, context.config(), type);
  }

  @Override
  public Health probe() {
    if (!root.isThere()) {
      return new Health.Down("the folder " + path.getFileName() + " is gone");
    }
    return Files.isWritable(root.folder())
        ? Health.UP
        : new Health.Degraded("the folder " + path.getFileName() + " may not be written");
  }

  @Override
  public String describe() {
    return path.toString();
  }

  @Override
  public void close() {
    sources.forEach(FileSource::close);
  }
}
