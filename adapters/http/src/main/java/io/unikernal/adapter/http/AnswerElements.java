package io.unikernal.adapter.http;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;

/** Those of another server's answer. */
record AnswerElements(String operation, Type element) implements IncomingElements.Elements {
  @Override
  public Value read(byte[] json, long line) {
    try {
      return Json.read(json, element, Conform.Extra.KEEP, Json.Limits.DEFAULT);
    } catch (FaultException e) {
      if (e.fault().code() == Fault.Code.INVALID) {
        throw e;
      }
      throw Fault.of(
              Fault.Code.REJECTED,
              "`%s` answered what is not JSON in line %d: %s"
                  .formatted(operation, line, e.fault().message()))
          .toException();
    }
  }

  @Override
  public Fault tooLong(long line, long bytesMax) {
    return Fault.of(
        Fault.Code.REJECTED,
        "`" + operation + "` sent an element of more than " + bytesMax + " bytes",
        "raise `max_body`");
  }

  @Override
  public Fault brokenOff(String data) {
    return Fault.of(Fault.Code.REJECTED, "`" + operation + "` broke off: " + detail(data));
  }

  /** The other side's own words, where it answers RFC 9457. */
  private static String detail(String data) {
    try {
      byte[] json = data.getBytes(StandardCharsets.UTF_8);
      String text = Json.read(json, Json.Limits.DEFAULT).fieldText("detail");
      return text.isEmpty() ? "an error" : text;
    } catch (FaultException _) {
      return "an error";
    }
  }
}
