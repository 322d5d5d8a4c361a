package io.unikernal.model;

/**
 * A promise of an operation. The contract kit tests those declared, and that the others are
 * refused.
 */
public enum Capability {
  /** Takes several messages in one send, with one outcome each. */
  BATCH,
  /** Keeps the order in which messages came. */
  ORDERED,
  /** Redelivers what was not settled: its source keeps a message until it is safe. */
  REDELIVERS,
  /** Answers the sender: settling carries a reply. */
  REPLIES,
  /**
   * Blocks the thread it runs on (JNI, files, long CPU): runs on a bounded pool of platform
   * threads.
   */
  BLOCKS,
  /** Takes and gives streams as streams: an element is asked for when it is read. */
  STREAMS,
  /** Runs in a transaction of its system. */
  TRANSACTIONAL,
  /** Stops its work when the deadline passes or the caller gives up. */
  CANCELS
}
