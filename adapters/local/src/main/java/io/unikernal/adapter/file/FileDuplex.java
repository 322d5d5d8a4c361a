package io.unikernal.adapter.file;

import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import io.unikernal.model.Rec;
import io.unikernal.model.Reply;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Answers with files. */
sealed interface FileDuplex extends Endpoint.Duplex {

  /** What is in a file. */
  record Reading(Root root, FileName template, Type output, Content content) implements FileDuplex {
    @Override
    public Reply call(Message request) {
      String name =
          template.fields().isEmpty() ? template.template() : template.fill(request.body().value());
      Path path = root.resolve(name);
      try {
        return Reply.of(content.decode(name, read(path, name)));
      } catch (NoSuchFileException error) {
        if (output.isMaybe()) {
          return Reply.of(Value.Absent.ABSENT);
        }
        throw FileFaults.of(error, name).toException(error);
      } catch (IOException error) {
        throw FileFaults.of(error, name).toException(error);
      }
    }

    static byte[] read(Path path, String name) throws IOException {
      try (var in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
        // One byte more than is allowed, to notice.
        byte[] bytes = in.readNBytes((int) Content.BYTES_MAX + 1);
        if (bytes.length > Content.BYTES_MAX) {
          throw Fault.of(
                  Fault.Code.TOO_LARGE,
                  "`" + name + "` is larger than " + (Content.BYTES_MAX >> 20) + " MiB")
              .toException();
        }
        return bytes;
      }
    }
  }

  /** The files that fit a pattern. */
  record Listing(Root root, String glob) implements FileDuplex {
    @Override
    public Reply call(Message request) {
      try {
        List<Value> items = new ArrayList<>();
        for (var found : root.find(glob)) {
          items.add(
              Rec.builder(FileRule.FOUND.shape())
                  .set("name", Value.text(found.name()))
                  .set("size", Value.integer(found.size()))
                  .set(
                      "modified", new Value.Timestamp(Instant.ofEpochMilli(found.modifiedMillis())))
                  .build());
        }
        return Reply.of(new Value.Items(items));
      } catch (IOException error) {
        throw FileFaults.of(error, glob).toException(error);
      }
    }
  }
}
