package io.unikernal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unikernal.model.Fault;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.sqlite.SQLiteConfig;

/**
 * A store in one file that only its user can read. In WAL mode with a sync at every commit, so what
 * a caller was told is safe survives {@code kill -9} and a loss of power; callers that wait at once
 * share a commit. What is past its time is removed in the background, a bounded part each time.
 */
public final class SqliteState implements StateStore {
  /** What is past its time and removed at once: more would keep callers waiting. */
  static final int EXPIRED_MAX = 1_000;

  private static final int BUSY_MS = 5_000;
  private static final String VALUE =
      "select value from kept where owner = ? and key = ? and until > ?";
  private static final String PUT =
      "insert into kept (owner, key, value, until) values (?, ?, ?, ?)"
          + " on conflict (owner, key) do update set value = excluded.value,"
          + " until = excluded.until";
  private static final String APPEND =
      "insert into record (owner, record) values (?, ?) returning number";
  private static final String REMOVE = "delete from record where owner = ? and number = ?";

  private final World world;
  private final Desk writer;
  private final Desk reader;

  private SqliteState(World world, Statements writing, Statements reading, Reserve reserve) {
    this.world = world;
    writer = Desk.writer(writing, this::removeExpired, reserve);
    reader = Desk.reader(reading);
  }

  /**
   * Opens a store, made on first use.
   *
   * @throws io.unikernal.model.FaultException if the file cannot be opened, or is of a newer schema
   */
  public static SqliteState open(Path file, World world) {
    makePrivate(file);
    try {
      var writing = connect(file);
      try {
        Schema.bringUp(writing);
        var reserve = new Reserve(file.resolveSibling(file.getFileName() + "-reserve"));
        return new SqliteState(
            world, new Statements(writing), new Statements(connect(file)), reserve);
      } catch (SQLException | RuntimeException e) {
        writing.close();
        throw e;
      }
    } catch (SQLException e) {
      throw StateFaults.of(e);
    }
  }

  /** SQLite gives the files beside it the same permissions. */
  private static void makePrivate(Path file) {
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException _) {
      // Made by an earlier run.
    } catch (IOException e) {
      throw Fault.of(
              Fault.Code.INTERNAL,
              "the state file cannot be made",
              "check that you may write in .unikernal, and that the disk is not full")
          .toException(e);
    }
  }

  private static Connection connect(Path file) throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_MS);
    config.setGetGeneratedKeys(false); // else it looks at the text of each insert again
    config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, "" + Reserve.BYTES);
    return config.createConnection("jdbc:sqlite:" + file);
  }

  private int removeExpired(Statements statements) throws SQLException {
    return statements.update(
        "delete from kept where (owner, key) in"
            + " (select owner, key from kept where until <= ? limit "
            + EXPIRED_MAX
            + ")",
        now());
  }

  @Override
  public Table table(String name) {
    return new SqliteTable(owner(name));
  }

  @Override
  public Journal journal(String name) {
    return new SqliteJournal(owner(name));
  }

  private long owner(String name) {
    return writer.askEvenIfFull(statements -> {
      statements.update("insert or ignore into name (name) values (?)", name);
      try (var rows = statements.of("select id from name where name = ?", name).executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    });
  }

  @Override
  public List<String> journals() {
    return reader.ask(statements -> {
      var names = new ArrayList<String>();
      try (var rows =
          statements
              .of(
                  "select name from name where exists"
                      + " (select 1 from record where owner = name.id) order by name")
              .executeQuery()) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
      return List.copyOf(names);
    });
  }

  @Override
  public void close() {
    writer.close();
    reader.close();
  }

  private long now() {
    return micros(world.now());
  }

  private static long micros(Instant moment) {
    try {
      return Math.addExact(
          Math.multiplyExact(moment.getEpochSecond(), 1_000_000L), moment.getNano() / 1_000L);
    } catch (ArithmeticException _) {
      return moment.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  private Optional<byte[]> value(Statements statements, long owner, String key)
      throws SQLException {
    try (var rows = statements.of(VALUE, owner, key, now()).executeQuery()) {
      return rows.next() ? Optional.of(rows.getBytes(1)) : Optional.empty();
    }
  }

  private final class SqliteTable implements Table {
    private final long owner;

    SqliteTable(long owner) {
      this.owner = owner;
    }

    @Override
    public Optional<byte[]> get(String key) {
      return reader.ask(statements -> value(statements, owner, key));
    }

    @Override
    public void put(String key, byte[] value, Instant until) {
      writer.ask(statements -> statements.update(PUT, owner, key, value, micros(until)));
    }

    @Override
    public Optional<byte[]> putIfAbsent(String key, byte[] value, Instant until) {
      return writer.ask(statements -> putIfAbsent(statements, key, value, until));
    }

    private Optional<byte[]> putIfAbsent(
        Statements statements, String key, byte[] value, Instant until) throws SQLException {
      var before = value(statements, owner, key);
      if (before.isEmpty()) {
        statements.update(PUT, owner, key, value, micros(until));
      }
      return before;
    }

    @Override
    public void remove(String key) {
      writer.askEvenIfFull(statements ->
          statements.update("delete from kept where owner = ? and key = ?", owner, key));
    }

    @Override
    public long add(String key, long amount, Instant until) {
      return writer.ask(statements -> {
        var before = value(statements, owner, key);
        long sum =
            amount + before.map(bytes -> Long.parseLong(new String(bytes, UTF_8))).orElse(0L);
        byte[] text = Long.toString(sum).getBytes(UTF_8);
        if (before.isPresent()) {
          statements.update(
              "update kept set value = ? where owner = ? and key = ?", text, owner, key);
        } else {
          statements.update(PUT, owner, key, text, micros(until));
        }
        return sum;
      });
    }
  }

  private final class SqliteJournal implements Journal {
    private final long owner;

    SqliteJournal(long owner) {
      this.owner = owner;
    }

    @Override
    public long append(byte[] record) {
      return writer.ask(statements -> append(statements, record));
    }

    private long append(Statements statements, byte[] record) throws SQLException {
      try (var rows = statements.of(APPEND, owner, record).executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }

    @Override
    public OptionalLong appendOnce(Table seen, String key, Instant until, byte[] record) {
      var table = (SqliteTable) seen;
      return writer.ask(statements ->
          table.putIfAbsent(statements, key, new byte[0], until).isPresent()
              ? OptionalLong.empty()
              : OptionalLong.of(append(statements, record)));
    }

    @Override
    public List<Entry> read(long from, int max) {
      return reader.ask(statements -> {
        var found = new ArrayList<Entry>();
        try (var rows =
            statements
                .of(
                    "select number, record from record where owner = ? and number >= ?"
                        + " order by number limit ?",
                    owner,
                    from,
                    max)
                .executeQuery()) {
          while (rows.next()) {
            found.add(new Entry(rows.getLong(1), rows.getBytes(2)));
          }
        }
        return List.copyOf(found);
      });
    }

    @Override
    public boolean replace(long number, byte[] record) {
      return writer.askEvenIfFull(statements ->
          statements.update(
                  "update record set record = ? where owner = ? and number = ?",
                  record,
                  owner,
                  number)
              > 0);
    }

    @Override
    public boolean remove(long number) {
      return writer.askEvenIfFull(statements -> statements.update(REMOVE, owner, number) > 0);
    }

    @Override
    public boolean move(long number, Journal to, byte[] record) {
      var target = (SqliteJournal) to;
      return writer.askEvenIfFull(statements -> {
        boolean isThere = statements.update(REMOVE, owner, number) > 0;
        if (isThere) {
          target.append(statements, record);
        }
        return isThere;
      });
    }

    @Override
    public long size() {
      return reader.ask(statements -> {
        try (var rows =
            statements.of("select count(*) from record where owner = ?", owner).executeQuery()) {
          rows.next();
          return rows.getLong(1);
        }
      });
    }
  }
}
