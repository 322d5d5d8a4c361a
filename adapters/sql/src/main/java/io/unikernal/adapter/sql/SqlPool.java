package io.unikernal.adapter.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/** The connections of one system. */
interface SqlPool extends AutoCloseable {

  /**
   * Borrows a connection.
   *
   * @param reads whether nothing will be changed
   * @param wait how long to wait for a free one, and for its connecting
   * @throws io.unikernal.model.FaultException OVERLOADED when none became free, DISCONNECTED when
   *     the pool is closed
   */
  Lease take(boolean reads, Duration wait) throws SQLException, InterruptedException;

  /** Told of each error of a statement, since some say that no connection is good any more. */
  void noticed(SQLException error);

  /** Frees everything; may be called twice, and unblocks who waits. */
  @Override
  void close();

  /** A borrowed connection; closing gives it back. */
  interface Lease extends AutoCloseable {
    Connection connection();

    /** The statement, compiled before where it can be. */
    PreparedStatement prepare(String jdbc) throws SQLException;

    /** Gives a statement of {@link #prepare} back. */
    void finish(PreparedStatement statement);

    /** Waits no longer than this for the locks of others. */
    void lockWait(Duration wait) throws SQLException;

    @Override
    void close();
  }
}
