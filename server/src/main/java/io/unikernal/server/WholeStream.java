package io.unikernal.server;

import io.unikernal.model.Fault;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.util.ArrayList;

/** For callers who are answered with one document: a stream is read to its end and is a list. */
final class WholeStream {
  private static final int ELEMENTS_MAX = 10_000;

  private WholeStream() {}

  /**
   * @throws io.unikernal.model.FaultException what broke the stream, or TOO_LARGE
   */
  static Value read(Value answer) throws InterruptedException {
    if (!(answer instanceof ValueStream stream)) {
      return answer;
    }
    var elements = new ArrayList<Value>();
    try {
      for (var next = stream.next(); next.isPresent(); next = stream.next()) {
        if (elements.size() == ELEMENTS_MAX) {
          throw Fault.of(
                  Fault.Code.TOO_LARGE,
                  "the answer is a stream of more than " + ELEMENTS_MAX + " elements",
                  "read it where its route begins, as over HTTP")
              .toException();
        }
        elements.add(next.get());
      }
    } finally {
      stream.close();
    }
    return new Value.Items(elements);
  }
}
